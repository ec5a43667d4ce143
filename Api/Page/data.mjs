// What runs were trained on: images by class, the profile that was asked for, groups, images left out.

import { get } from './api.mjs';
import { classCounts } from './charts.mjs';
import { h, table } from './dom.mjs';
import { count, points } from './format.mjs';

const groups = ['many', 'medium', 'few'];
const ratio = value => `${Number(value.toFixed(1))} : 1`;

/** An imbalance in words. */
const profile = one => ({ exp: 'long tail', step: 'step', counts: 'own counts' }[one.imbalance] ?? 'as it is');
const asked = one => ['exp', 'step'].includes(one.imbalance) ? ratio(one.ratio) : '';
const imbalance = one => `${profile(one)} ${asked(one)}`.trim();

const title = one => `${one.name}, ${imbalance(one)}, ${count(one.images)} images in ${one.classes.length} classes`;

export async function data(context) {
  context.title('Data');
  const all = (await get('/data')).data;
  if (context.abandoned.aborted) return;
  if (all.length === 0) {
    context.main.replaceChildren(h('div', { class: 'head' }, h('h1', null, 'Data')),
      h('p', { class: 'empty card' }, 'No run has opened any images yet.'));
    return;
  }

  const body = h('div');
  const choice = h('select', { id: 'data', onchange: event => show(all[event.target.selectedIndex]) }, all.map(one => h('option', null, title(one))));
  context.main.replaceChildren(
    h('div', { class: 'head' }, h('h1', null, 'Data'), h('p', { class: 'row' }, h('label', { for: 'data' }, 'Data set'), choice)), body);
  show(all[0]);

  function show(one) {
    const largest = one.classes[0].training_images, smallest = one.classes.at(-1).training_images;
    const chart = classCounts('Training images by class');
    const tile = (name, value, note) => h('div', null, h('dt', null, name), h('dd', null, value, note ? h('small', null, note) : null));
    body.replaceChildren(
      h('dl', { class: 'tiles' },
        tile('training images', count(one.images)),
        tile('classes', count(one.classes.length)),
        tile('largest : smallest', ratio(largest / smallest), `${count(largest)} and ${count(smallest)} images`),
        tile('imbalance factor', String(Number((smallest / largest).toPrecision(2)))),
        tile('profile', profile(one), [asked(one) && `${asked(one)} asked for`, one.step_fraction && `${points(one.step_fraction)} % of the classes are minor`].filter(Boolean).join(', ')),
        tile('images left out', count(one.skipped_images), one.skipped_images ? 'they cannot be read' : 'all can be read')),
      one.first_skipped ? h('p', { class: 'card notice' }, h('strong', null, 'The first that was left out: '), one.first_skipped) : '',
      one.passed_over.length ? h('p', { class: 'card notice' }, h('strong', null, 'Ignored files (neither an image nor a class label): '),
        one.passed_over.map(kind => `${kind.kind}: ${count(kind.count)} (${kind.examples.join(', ')}${kind.count > kind.examples.length ? ', …' : ''})`).join('; ')) : '',
      h('div', { class: 'grid wide' }, chart.figure,
        h('section', { class: 'card' }, h('h2', null, 'Shot groups'),
          h('p', { class: 'remark' }, 'By training count: more than 100, 20 to 100, fewer than 20; thirds of the classes where one of these would be empty.'),
          table('Shot groups', ['Group', '#Classes', '#Images', '#Share %', '#Largest', '#Smallest'], groups.map(group => {
            const own = one.classes.filter(each => each.group === group);
            const sum = own.reduce((total, each) => total + each.training_images, 0);
            return [group, count(own.length), count(sum), points(sum / one.images), count(own[0]?.training_images), count(own.at(-1)?.training_images)];
          })),
          h('h2', { class: 'next' }, 'Runs on it'),
          h('p', null, one.runs.map(id => [h('a', { href: `#/runs/${id}` }, id), ' '])),
          one.manifest ? h('p', { class: 'remark' }, 'Image manifest hash: ', h('code', { title: one.manifest }, one.manifest.slice(0, 12))) : null)));
    chart.set(one);
  }
}
