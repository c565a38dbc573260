/** @param headers to send with every request */
window.startGraphiQL = (headers) => {
  const { css, favicon, workers, options } = parts;
  const style = document.createElement('style');
  style.textContent = css;
  document.head.append(style);
  document.querySelector('#icon').href = favicon;

  const urls = Object.fromEntries(
    Object.entries(workers).map(([label, source]) => {
      const blob = new Blob([source], { type: 'text/javascript' });
      return [label, URL.createObjectURL(blob)];
    }),
  );
  window.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_module, label) => urls[label] };

  // Without this, GraphiQL adds an empty tab for a returning visitor who has not edited the first one.
  localStorage['graphiql:query'] ??= options.defaultTabs[0]?.query ?? '';
  window.YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
    ...options,
    additionalHeaders: headers,
  });
};
