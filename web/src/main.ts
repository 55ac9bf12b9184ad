import './app.css';
import { mount } from 'svelte';
import Page from './Page.svelte';
import { App } from './data/app.svelte';

const app = new App();
document.documentElement.dataset.theme = app.settings.theme;
const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
mount(Page, { target, props: { app } });
app.start();

// For the tests and the bench: what is on the screen, without reading pixels.
Object.assign(window, { skypicket: app });
