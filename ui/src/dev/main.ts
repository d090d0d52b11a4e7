/** The window in a browser, against invented answers. Never part of the production page. */
import './mock';

void import('../main').then(async () => {
  const query = new URLSearchParams(location.search);
  const stage = query.get('mock');
  if (stage === null) return;
  const { app } = await import('../app.svelte');
  const waiting = setInterval(() => {
    if (app.phase !== 'ready') return;
    clearInterval(waiting);
    app.go({ page: 'mock', number: stage === '' || query.has('list') ? null : 100 });
  }, 20);
});
