import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { backend } from './server/plugin.ts';

export default defineConfig({
  plugins: [react(), backend()],
  // The client is a link to `../client`, which has a React of its own for its tests.
  resolve: { dedupe: ['react', 'react-dom', '@tanstack/react-query'] },
  server: {
    host: '127.0.0.1',
    // Vite serves sources to the page: never the backend's, which hold the keys.
    fs: {
      allow: ['index.html', 'src', 'node_modules', '../client/dist', '../client/node_modules'],
    },
  },
  preview: { host: '127.0.0.1' },
});
