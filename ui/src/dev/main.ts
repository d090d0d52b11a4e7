/** The window in a browser, against invented answers. Never part of the production page. */
import './mock';

void import('../main');
