import { mount } from 'svelte';
import App from './App.svelte';
import { app } from './app.svelte';
import './app.css';
import { listen } from './lib/keys';
import { watchSystemTheme } from './lib/theme';

watchSystemTheme();
app.speak(app.language);
listen();

const target = document.getElementById('app');
if (target) mount(App, { target });
void app.load();
