/** The window in a browser, against invented answers. Never part of the production page. */
import './mock';

void import('../main').then(async () => {
  const query = new URLSearchParams(location.search);
  const stage = query.get('mock');
  const mentor = query.get('mentor');
  if (stage === null && mentor === null) return;
  const { app } = await import('../app.svelte');
  const { home } = await import('../pages/mentor/home.svelte');
  const waiting = setInterval(() => {
    if (app.phase !== 'ready') return;
    clearInterval(waiting);
    if (stage !== null) {
      app.go({ page: 'mock', number: stage === '' || query.has('list') ? null : 100 });
    } else {
      home.tab = mentor === 'mentors' || mentor === '' ? 'mentors' : 'learners';
      app.go({ page: 'mentor', learner: Number(mentor) || null });
    }
  }, 20);
});
