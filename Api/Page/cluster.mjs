// Silos and their trainers.

import { get, send } from './api.mjs';
import { h, say, table } from './dom.mjs';
import { badge } from './runs.mjs';

export async function cluster(context) {
  context.title('Cluster');
  const body = h('div');
  context.main.replaceChildren(h('div', { class: 'head' }, h('h1', null, 'Cluster'),
    context.hasDashboard && context.role === 'operator' ? h('a', { href: '/orleans/' }, 'Orleans dashboard') : ''), body);
  if (!context.hasCluster) {
    body.replaceChildren(h('p', { class: 'empty card' }, 'There is no cluster here: this page shows the runs of a folder. Each silo of a cluster serves the same page with its silos on it.'));
    return;
  }

  async function refresh() {
    const found = await get('/cluster');
    if (context.abandoned.aborted) return;
    const trainers = found.silos.flatMap(silo => silo.trainers);
    body.replaceChildren(
      h('dl', { class: 'tiles' }, [['silos', found.silos.length], ['trainers', trainers.length], ['free', trainers.filter(one => !one.run).length], ['version', found.version]].map(([name, value]) =>
        h('div', null, h('dt', null, name), h('dd', null, String(value))))),
      table('Silos', ['Silo', 'Status', 'Trainers', 'Runs', 'Version', 'Address', ''], found.silos.map(silo => [
        silo.name, badge(silo.status),
        h('span', null, silo.trainers.map(one => h('span', { class: 'chip' }, `${one.trainer.split('/').at(-1)} ${one.device}`))),
        h('span', null, [...new Set(silo.trainers.map(one => one.run).filter(Boolean))].map(id => h('a', { href: `#/runs/${id}` }, id, ' '))),
        silo.version, silo.address.split('@')[0],
        context.role === 'operator' && silo.status === 'active' ? h('button', { type: 'button', class: 'quiet', 'aria-label': `Drain ${silo.name}`, onclick: event => drain(event.target, silo.name) }, 'Drain') : ''])
      , 'card runs'));
  }

  async function drain(button, name) {
    if (button.dataset.sure !== 'yes') {
      button.dataset.sure = 'yes';
      button.textContent = 'Hand its work over and give it no more?';
      return;
    }
    await send('POST', `/cluster/silos/${encodeURIComponent(name)}/drain`);
    say(`${name} hands over`);
    refresh();
  }

  await refresh();
  const timer = setInterval(() => document.hidden || body.contains(document.activeElement) || refresh().then(() => context.state('live'), () => context.state('reconnecting')), 2000);
  context.onLeave(() => clearInterval(timer));
}
