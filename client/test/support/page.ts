import { Window } from 'happy-dom';

/** Makes this process a page. Import it before React. */
const window = new Window({ url: 'http://page.example/' });
Object.assign(globalThis, {
  window,
  document: window.document,
  HTMLElement: window.HTMLElement,
  IS_REACT_ACT_ENVIRONMENT: true,
});

/** What a browser does when its user comes back to the page. */
export function focusPage(): void {
  window.dispatchEvent(new window.Event('visibilitychange'));
}
