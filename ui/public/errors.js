// Loaded before everything else: what goes wrong in the page is kept where a test of the real window can read it.
(() => {
  const errors = (window.__divedeepErrors = []);
  const keep = (text) => errors.length < 200 && errors.push(text);
  window.addEventListener('error', (event) =>
    keep(`error: ${event.message} (${event.filename}:${event.lineno})`),
  );
  window.addEventListener('unhandledrejection', (event) => {
    const reason = event.reason;
    keep(`unhandledrejection: ${(reason && (reason.stack || reason.message)) || String(reason)}`);
  });
  document.addEventListener('securitypolicyviolation', (event) =>
    keep(
      `securitypolicyviolation: ${event.violatedDirective} ${event.blockedURI} (${event.sourceFile}:${event.lineNumber})`,
    ),
  );
})();
