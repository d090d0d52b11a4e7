/**
 * After a resize, asks for one more layout. WebKit lays out a page with container queries by its old media queries and looks
 * at these again only with the next layout: the wide rail stood in a narrow window until something moved.
 */
export function settleResizes(): void {
  let settling = 0;
  addEventListener('resize', () => {
    clearTimeout(settling);
    // Not in the layout of the resize itself, but once it is over.
    settling = window.setTimeout(() => {
      document.body.style.paddingBottom = '1px';
      requestAnimationFrame(() => {
        document.body.style.paddingBottom = '';
      });
    }, 100);
  });
}
