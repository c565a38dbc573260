import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './styles/base.css';
import './styles/choices.css';
import './styles/identity.css';
import './styles/actions.css';
import './styles/matrix.css';
import './styles/cells.css';
import './styles/explanation.css';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element #root.');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
