// Several runs beside each other.

import { get } from './api.mjs';
import { h, table } from './dom.mjs';
import { classErrors, curves } from './charts.mjs';
import { difference, number, points } from './format.mjs';
import { badge } from './runs.mjs';

const most = 6;
export async function compare(context, ids) {
  context.title('Compare');
  const [{ runs: all }, { metrics: shown }] = await Promise.all([get('/runs?limit=200'), get('/metrics')]);
  const chosen = ids.slice(0, most);
  const named = await Promise.all(chosen.map(id => get(`/runs/${encodeURIComponent(id)}`)));
  const details = [...new Map(named.map(detail => [detail.id, detail])).values()]; // 'latest' may be one of the others
  const metrics = await Promise.all(details.map(detail => get(`/runs/${detail.id}/metrics?names=accuracy,few,train_loss`)));
  if (context.abandoned.aborted) return;

  const choose = h('fieldset', { class: 'card choose' }, h('legend', null, `Runs (${most} at most)`),
    h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Runs to choose from' }, all.map(one => h('label', null,
      h('input', { type: 'checkbox', value: one.id, checked: details.some(detail => detail.id === one.id), onchange: event => {
        const next = event.target.checked ? [...details.map(d => d.id), one.id] : details.map(d => d.id).filter(id => id !== one.id);
        location.hash = `#/compare?runs=${next.join(',')}`;
      } }), h('code', null, one.id), ` ${one.name} `, badge(one.status)))));
  const parts = [h('div', { class: 'head' }, h('h1', null, 'Compare')), choose];
  if (details.length > 0) {
    const accuracy = curves('Accuracy', { share: true }), few = curves('Accuracy of few-shot classes', { share: true }), loss = curves('Training loss');
    const series = name => details.map((detail, i) => ({ name: detail.id, kind: `run-${i}`, ...metrics[i].series[name] }));
    parts.push(
      h('section', { class: 'card' }, h('h2', null, 'Metrics of the last evaluation'), table('Metrics', ['Metric', ...details.flatMap((detail, i) => i === 0 ? [`#${detail.id}`] : [`#${detail.id}`, '#difference'])],
        [['name', ...details.flatMap((detail, i) => i === 0 ? [detail.name] : [detail.name, ''])],
          ['method', ...details.flatMap((detail, i) => i === 0 ? [detail.method] : [detail.method, ''])],
          ['epoch', ...details.flatMap((detail, i) => [`${detail.epoch}/${detail.epochs}`, ...(i === 0 ? [] : [''])])],
          ...shown.map(({ name, key, kind }) => [name.replaceAll('_', ' '), ...details.flatMap((detail, i) => {
            const value = detail.last?.[key] ?? null, base = details[0].last?.[key] ?? null, share = kind === 'share';
            const cell = share ? points(value) : number(value);
            return i === 0 ? [cell] : [cell, value === null || base === null ? '–' : share ? difference(100 * (value - base), 1) : difference(value - base, 3)];
          })])])),
      h('div', { class: 'grid charts' }, accuracy.figure, few.figure, loss.figure));
    context.main.replaceChildren(...parts);
    const epochs = Math.max(...details.map(detail => detail.epochs));
    accuracy.set({ series: series('accuracy'), epochs });
    few.set({ series: series('few'), epochs });
    loss.set({ series: series('train_loss'), epochs });
    const first = details[0];
    const charts = details.slice(first.classes.length ? 1 : details.length).filter(detail => detail.classes.length === first.classes.length).map(detail => {
      const chart = classErrors(`Per-class error: ${first.id} and ${detail.id}`);
      return [chart, detail];
    });
    if (charts.length) {
      context.main.append(h('div', { class: 'grid charts' }, charts.map(([chart]) => chart.figure)));
      charts.forEach(([chart, detail]) => chart.set(first.classes, { id: detail.id, classes: detail.classes }));
    }
    return;
  }
  parts.push(h('p', { class: 'empty card' }, all.length ? 'Choose two runs or more.' : 'There are no runs yet.'));
  context.main.replaceChildren(...parts);
}
