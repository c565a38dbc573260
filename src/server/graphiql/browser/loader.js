const form = document.querySelector('#token-form');
const status = document.querySelector('#status');

/** Loads the app and starts it with the headers to send with every request. */
async function load(headers) {
  status.textContent = 'Loading GraphiQL …';
  const response = await fetch('?graphiql=app', { headers });
  const text = await response.text();
  if (!response.ok) {
    status.textContent = text;
    return;
  }
  const script = document.createElement('script');
  script.textContent = text;
  document.body.append(script);
  window.startGraphiQL(headers);
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const token = document.querySelector('#token').value.trim();
  load({ authorization: `Bearer ${token}` });
});
if (form.hidden) load({});
