import { mount } from 'svelte';
import App from './App.svelte';
import { app } from './app.svelte';
import './app.css';
import { listen } from './lib/keys';
import { settleResizes } from './lib/resize';
import { watchSystemTheme } from './lib/theme';

watchSystemTheme();
app.speak(app.language);
listen();
settleResizes();

const target = document.getElementById('app');
if (target) mount(App, { target });
void app.load();
