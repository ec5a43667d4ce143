// Chooses the page by what stands behind the # and tells what went wrong.

import { get, hasToken, useToken } from './api.mjs';
import { h, say } from './dom.mjs';
import { runs } from './runs.mjs';
import { run } from './run.mjs';
import { compare } from './compare.mjs';
import { cluster, size } from './cluster.mjs';
import { data } from './data.mjs';

const main = document.getElementById('main');
const link = document.getElementById('link');
const whole = document.getElementById('size');
let leave = () => {};
let version = null;

const pages = [
  [/^#\/runs\/([^/?]+)$/, match => context => run(context, decodeURIComponent(match[1])), 'runs'],
  [/^#\/compare(?:\?runs=(.*))?$/, match => context => compare(context, (match[1] ?? '').split(',').filter(Boolean).map(decodeURIComponent)), 'compare'],
  [/^#\/cluster$/, () => cluster, 'cluster'],
  [/^#\/data$/, () => data, 'data'],
  [/.*/, () => runs, 'runs'],
];

/** What a page may use of the whole: where it draws, how the line stands, who looks. */
function context(abandoned) {
  return {
    main,
    abandoned,
    role: version.role,
    hasCluster: version.cluster,
    traces: traces(version.traces),
    size: found => { whole.textContent = size(found); },
    hasDashboard: version.dashboard,
    title: words => { document.title = `${words} · MMOrleans`; },
    state: (word, fault) => {
      link.className = word;
      link.textContent = { live: 'live', reconnecting: 'reconnecting …', gone: 'not live' }[word] ?? '';
      if (fault) say(fault.message);
    },
    fail,
  };
}

/** Addresses of a run's traces in a stretch of time; null where nobody said where they are. */
const traces = pattern => pattern && ((run, from, to) => pattern.replaceAll('{run}', encodeURIComponent(run)).replaceAll('{from}', from).replaceAll('{to}', to));

/** How large the cluster is stands above every page; that it does not answer is said by the page itself. */
function measure(abandoned) {
  get('/cluster').then(found => abandoned.aborted || (whole.textContent = size(found)), () => { whole.textContent = ''; });
}

function fail(fault) {
  if (fault.status === 401) return askForToken(fault);
  main.replaceChildren(h('section', { class: 'card problem', role: 'alert' },
    h('h1', null, fault.status === 404 ? 'Not found' : 'Request failed'),
    h('p', null, fault.message),
    fault.fix ? h('p', { class: 'fix' }, h('strong', null, 'Fix: '), fault.fix) : null,
    fault.code ? h('p', { class: 'remark' }, 'More: ', h('code', null, `mm explain ${fault.code}`)) : null,
    h('p', null, h('a', { href: '#/runs' }, 'All runs'))));
}

function askForToken(fault) {
  const input = h('input', { type: 'password', id: 'token', autocomplete: 'off', size: 40 });
  const enter = () => {
    useToken(input.value.trim());
    open();
  };
  input.addEventListener('keydown', event => event.key === 'Enter' && enter());
  main.replaceChildren(h('section', { class: 'card problem' },
    h('h1', null, 'Sign in'),
    h('p', null, hasToken() ? fault.message : 'This cluster requires an access token.'),
    fault.fix ? h('p', { class: 'remark' }, fault.fix) : null,
    h('p', { class: 'row' }, h('label', { for: 'token' }, 'Token'), input, h('button', { type: 'button', onclick: enter }, 'Enter')),
    h('p', { class: 'remark' }, 'It is kept until this tab is closed.')));
  input.focus();
}

async function open() {
  leave();
  const abandoned = new AbortController();
  const listeners = [];
  leave = () => {
    abandoned.abort();
    listeners.splice(0).forEach(end => end());
  };
  link.className = link.textContent = '';
  const [match, make, name] = pages.map(([pattern, factory, tab]) => [location.hash.match(pattern), factory, tab]).find(([found]) => found);
  document.querySelectorAll('nav a').forEach(tab => {
    if (tab.hash === `#/${name}`) tab.setAttribute('aria-current', 'page');
    else tab.removeAttribute('aria-current');
  });
  try {
    version ??= await get('/version');
    if (version.cluster && name !== 'cluster') measure(abandoned.signal);
    const page = make(match);
    await page({ ...context(abandoned.signal), onLeave: end => abandoned.signal.aborted ? end() : listeners.push(end) });
  } catch (fault) {
    if (!abandoned.signal.aborted) fail(fault);
    if (fault.status === 401) version = null;
  }
}

document.getElementById('skip').addEventListener('click', event => {
  event.preventDefault();
  main.focus();
});
window.addEventListener('hashchange', () => {
  open();
  window.scrollTo(0, 0);
  main.focus({ preventScroll: true });
});
open();
