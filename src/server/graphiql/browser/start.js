/** @param headers that are sent with every request */
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

  // GraphiQL adds an empty tab to those of a visitor who comes back without having edited the first one.
  localStorage['graphiql:query'] ??= options.defaultTabs[0]?.query ?? '';
  window.YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
    ...options,
    additionalHeaders: headers,
  });
};
