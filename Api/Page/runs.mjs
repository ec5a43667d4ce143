// The list of runs.

import { get } from './api.mjs';
import { h, table } from './dom.mjs';
import { points, duration, since } from './format.mjs';

export const badge = status => h('span', { class: `badge ${status}` }, status);

export function progressBar(done, all, label) {
  return h('progress', { max: Math.max(1, all), value: done, 'aria-label': label });
}

export async function runs(context) {
  const chosen = new Set();
  let known = [], more = null, words = '';
  context.title('Runs');
  const filter = h('input', { type: 'search', id: 'filter', placeholder: 'name, method, status, tag', oninput: event => { words = event.target.value.toLowerCase(); draw(); } });
  const compare = h('a', { class: 'button', href: '#/compare' }, 'Compare');
  const list = h('div');
  context.main.replaceChildren(
    h('div', { class: 'head' }, h('h1', null, 'Runs'), h('p', { class: 'row' }, h('label', { for: 'filter' }, 'Filter'), filter, compare)),
    list);

  const text = one => [one.id, one.name, one.method, one.status, one.preset, ...Object.entries(one.tags).map(([k, v]) => `${k}=${v}`)].join(' ').toLowerCase();

  function draw() {
    const shown = known.filter(one => text(one).includes(words));
    compare.hidden = chosen.size < 2;
    compare.href = `#/compare?runs=${[...chosen].join(',')}`;
    compare.textContent = `Compare ${chosen.size} runs`;
    if (shown.length === 0)
      return list.replaceChildren(h('p', { class: 'empty card' }, known.length ? 'No run matches.' : 'There are no runs yet. ', known.length ? null : h('code', null, 'mm train'), known.length ? null : ' starts one.'));
    const focused = document.activeElement?.dataset?.choose;
    list.replaceChildren(table('Runs', ['Run', 'Name', 'Method', 'Status', 'Progress', '#Accuracy', '#Few', '#Best', '#Left', '#Age', 'Choose'], shown.map(one => [
      h('a', { href: `#/runs/${one.id}` }, one.id),
      one.name,
      one.method,
      h('span', null, badge(one.status), one.error ? h('span', { class: 'why' }, `${one.error.code} ${one.error.message}`) : null,
        one.waiting_for ? h('span', { class: 'wait' }, one.waiting_for) : null),
      h('span', { class: 'going' }, progressBar(one.epoch, one.epochs, `${one.id}: epoch ${one.epoch} of ${one.epochs}`), h('small', null, `${one.epoch}/${one.epochs}`)),
      points(one.accuracy),
      points(one.few),
      points(one.best_accuracy),
      one.live ? duration(one.eta_seconds) : '–',
      since(one.created),
      h('input', { type: 'checkbox', 'data-choose': one.id, 'aria-label': `Compare ${one.id}`, checked: chosen.has(one.id), onchange: event => {
        if (event.target.checked) chosen.add(one.id); else chosen.delete(one.id);
        draw();
      } }),
    ]), 'runs card'));
    if (more) list.append(h('p', null, h('button', { type: 'button', onclick: next }, 'Older runs')));
    if (focused) list.querySelector(`[data-choose="${focused}"]`)?.focus();
  }

  async function next() {
    const page = await get(`/runs?cursor=${encodeURIComponent(more)}`);
    known.push(...page.runs);
    more = page.next_cursor;
    draw();
  }

  async function refresh() {
    const page = await get('/runs');
    const fresh = new Set(page.runs.map(one => one.id));
    const older = known.filter(one => !fresh.has(one.id) && page.next_cursor !== null && one.created < page.runs.at(-1).created);
    known = [...page.runs, ...older];
    if (older.length === 0) more = page.next_cursor;
    if (!context.abandoned.aborted) draw();
  }

  await refresh();
  const timer = setInterval(() => document.hidden || refresh().then(() => context.state('live'), () => context.state('reconnecting')), 3000);
  context.onLeave(() => clearInterval(timer));
}
