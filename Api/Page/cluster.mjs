// Silos and their trainers.

import { get, send, beside } from './api.mjs';
import { h, say, table } from './dom.mjs';
import { since } from './format.mjs';
import { badge } from './runs.mjs';

const some = (number, one) => `${number} ${one}${number === 1 ? '' : 's'}`;

/** A cluster in a few words. */
export const size = found => `${some(found.silos.length, 'silo')}, ${some(found.silos.flatMap(silo => silo.trainers).length, 'trainer')}`;

/** How a silo's vectors get to the others: a line for each transport. */
function transports(silo) {
  if (!silo.transports) return 'not known';
  const groups = new Map();
  for (const one of silo.transports) groups.set(one.transport, [...groups.get(one.transport) ?? [], one.silo]);
  const all = silo.transports.length;
  return [...groups].map(([transport, others]) => h('div', null, transport ? h('b', null, transport) : 'not used yet', ': ',
    others.length === all && all > 2 ? `all ${all} others` : others.join(', ')));
}

export async function cluster(context) {
  context.title('Cluster');
  const body = h('div');
  context.main.replaceChildren(h('div', { class: 'head' }, h('h1', null, 'Cluster'),
    context.hasDashboard && context.role === 'operator' ? h('a', { href: beside('orleans/') }, 'Orleans dashboard') : ''), body);
  if (!context.hasCluster) {
    body.replaceChildren(h('p', { class: 'empty card' }, 'No cluster: this page shows the runs in a local folder. To see a cluster, open the page served by any of its silos.'));
    return;
  }

  async function refresh() {
    const [found, queued] = await Promise.all([get('/cluster'), get('/runs?status=queued')]);
    if (context.abandoned.aborted) return;
    context.size(found);
    const trainers = found.silos.flatMap(silo => silo.trainers);
    body.replaceChildren(
      h('dl', { class: 'tiles' }, [['silos', found.silos.length], ['trainers', trainers.length], ['free trainers', trainers.filter(one => !one.run).length], ['runs in the queue', queued.runs.length], ['version', found.version]].map(([name, value]) =>
        h('div', null, h('dt', null, name), h('dd', null, String(value))))),
      table('Silos', ['Silo', 'Status', 'Trainers', 'Transport to other silos', 'Version', 'Address', ''], found.silos.map(silo => [
        silo.name, badge(silo.status),
        h('span', null, silo.trainers.map(one => h('span', { class: 'chip', title: one.build }, `${one.trainer.split('/').at(-1)} ${one.device} `, one.run ? h('a', { href: `#/runs/${one.run}` }, one.run) : 'free'))),
        h('div', { class: 'transports' }, transports(silo)), silo.version, silo.address.split('@')[0],
        context.role === 'operator' && silo.status === 'active' ? h('button', { type: 'button', class: 'quiet', 'aria-label': `Drain ${silo.name}`, onclick: event => drain(event.target, silo.name) }, 'Drain') : ''])
      , 'card runs silos'),
      queued.runs.length === 0 ? '' : h('section', { class: 'card' }, h('h2', null, 'Queue'),
        table('Runs in the queue', ['Run', 'Name', 'Waits for', '#Since'], queued.runs.map(one => [
          h('a', { href: `#/runs/${one.id}` }, one.id), one.name, one.waiting_for ?? 'its turn', since(one.queued)]))));
  }

  async function drain(button, name) {
    if (button.dataset.sure !== 'yes') {
      button.dataset.sure = 'yes';
      button.textContent = 'Confirm drain: move its work to other silos?';
      return;
    }
    try {
      await send('POST', `/cluster/silos/${encodeURIComponent(name)}/drain`);
      say(`Draining ${name}`);
      await refresh();
    } catch (problem) {
      button.textContent = problem.message;
      say(problem.message);
    }
  }

  await refresh();
  const timer = setInterval(() => document.hidden || body.contains(document.activeElement) || refresh().then(() => context.state('live'), () => context.state('reconnecting')), 2000);
  context.onLeave(() => clearInterval(timer));
}
