// One run: curves, classes, time, what happened; goes on while it is looked at.

import { get, send, follow, blob, beside } from './api.mjs';
import { h, say, table } from './dom.mjs';
import { classErrors, confusion, curves, margins, times } from './charts.mjs';
import { bytes, clock, count, day, duration, number, points } from './format.mjs';
import { badge, progressBar } from './runs.mjs';

const names = ['train_loss', 'test_loss', 'accuracy', 'many', 'medium', 'few', 'lr', 'images_per_second', 'ece', 'worst_class',
  'data_seconds', 'forward_seconds', 'backward_seconds', 'exchange_seconds', 'wait_seconds', 'apply_seconds', 'evaluate_seconds'];
const stages = ['data', 'forward', 'backward', 'exchange', 'wait', 'apply', 'evaluate'];
const kinds = ['all', 'epoch', 'checkpoint', 'membership', 'phase', 'warning', 'error'];
const shownAtFirst = 60;
const around = 30000; // of an event: what is shown of the traces, before and after it

export async function run(context, spelling) {
  let detail = await get(`/runs/${encodeURIComponent(spelling)}`);
  const path = `/runs/${detail.id}`;
  const [config, others] = await Promise.all([get(`${path}/config`), get('/runs?limit=200')]);
  let metrics = await get(`${path}/metrics?names=${names}`);
  let trainers = (await get(`${path}/trainers`)).trainers;
  let checkpoints = await get(`${path}/checkpoints`);
  let progress = null, other = null, asking = null, again = false;
  const timeline = [], ids = new Set();
  context.title(`${detail.id} ${detail.name}`);

  const loss = curves('Loss'), accuracy = curves('Accuracy', { share: true });
  const errors = classErrors('Per-class error'), taken = confusion('Confusion'), margin = margins('Margins by shot group');
  const time = times('Time per stage and trainer');
  const rate = curves('Learning rate'), speed = curves('Speed', { unit: 'images/s' });

  const top = h('section', { class: 'card top' });
  const tiles = h('dl', { class: 'tiles' });
  const fault = h('div');
  const events = eventsCard();
  const crew = h('section', { class: 'card' }, h('h2', null, 'Trainers'), h('div'));
  const saved = h('section', { class: 'card' }, h('h2', null, 'Checkpoints'), h('div'));
  errors.figure.insertBefore(compareWith(), errors.area);

  context.main.replaceChildren(top, fault, tiles,
    h('div', { class: 'grid charts' }, loss.figure, accuracy.figure, errors.figure, taken.figure, margin.figure, time.figure),
    h('div', { class: 'grid wide' }, events.card, crew),
    h('div', { class: 'grid wide' }, configCard(), saved),
    h('details', { class: 'more' }, h('summary', null, 'Learning rate and speed'), h('div', { class: 'grid two' }, rate.figure, speed.figure)));
  drawAll();

  const leave = follow(`${path}/events`, {
    state: (word, problem) => context.state(word, problem),
    event: (kind, data, id) => {
      if (kind === 'progress') {
        progress = data;
        trainers = [...data.trainers, ...trainers.filter(one => data.trainers.every(live => live.trainer !== one.trainer)).map(one => ({ ...one, state: 'left', slots: '' }))];
        drawTop();
        drawTrainers();
        drawTime();
      } else if (kind === 'timeline') {
        timeline.push({ id, ...data });
        events.later();
        if (['warning', 'error'].includes(data.event) && timeline.length > 1) say(data.message);
        if (ids.has(id)) context.main.dataset.repeated = id;
        ids.add(id);
      } else if (kind === 'reset') {
        timeline.length = 0;
        ids.clear();
        events.later();
        reload(true);
      } else if (kind === 'changed') {
        if (data.status !== detail.status || data.epoch !== detail.epoch || data.live !== detail.live) reload(data.epoch < detail.epoch);
      }
    },
  });
  context.onLeave(leave);

  async function reload(all) {
    // One question at a time; what changes meanwhile is asked for once more.
    if (asking) { again = true; return; }
    asking = (async () => {
      const last = all ? 0 : Math.max(0, ...metrics.series.train_loss.epoch) + 1;
      const [fresh, rows, points] = await Promise.all([get(path), get(`${path}/metrics?names=${names}&from=${last}`), get(`${path}/checkpoints`)]);
      if (last > 0)
        for (const name of names) {
          rows.series[name].epoch.unshift(...metrics.series[name].epoch);
          rows.series[name].value.unshift(...metrics.series[name].value);
        }
      [detail, metrics, checkpoints] = [fresh, rows, points];
      if (!detail.live) progress = null;
      drawAll();
    })();
    try {
      await asking;
    } catch (problem) {
      if (problem.status === 404) context.fail(problem);
    } finally {
      asking = null;
      if (again && !context.abandoned.aborted) {
        again = false;
        reload(false);
      }
    }
  }

  function drawAll() {
    if (context.abandoned.aborted) return;
    drawTop();
    drawTiles();
    drawCharts();
    drawTrainers();
    drawTime();
    drawCheckpoints();
    fault.replaceChildren(...(detail.error ? [h('section', { class: 'card problem', role: 'alert' },
      h('h2', null, `${detail.error.code}: ${detail.error.message}`),
      h('p', { class: 'fix' }, h('strong', null, 'Fix: '), detail.error.fix))] : []));
    context.main.dataset.epoch = detail.epoch;
  }

  function drawTop() {
    const live = detail.live && progress !== null;
    const done = live && progress.rounds ? progress.round : detail.round;
    const all = detail.rounds || 1;
    const status = live ? progress.status : detail.status;
    const focused = document.activeElement?.dataset?.act;
    top.replaceChildren(
      h('div', { class: 'name' }, h('h1', null, detail.name), badge(status), h('code', { class: 'id' }, detail.id)),
      h('p', { class: 'what' }, [detail.method, detail.model, detail.dataset, `seed ${detail.seed}`, ...Object.entries(detail.tags).map(([k, v]) => `${k}=${v}`), detail.parent ? `from ${detail.parent}` : null].filter(Boolean).join(' · ')),
      h('div', { class: 'meter' }, progressBar(done, all, 'Rounds done'),
        h('span', null, `epoch ${live ? Math.min(progress.epoch, detail.epochs) : detail.epoch} of ${detail.epochs}`),
        live && progress.rounds_per_epoch ? h('span', null, `round ${progress.round_of_epoch} of ${progress.rounds_per_epoch}`) : null,
        live && progress.left_seconds !== null ? h('span', null, `${duration(progress.left_seconds)} left`) : null,
        live ? h('span', null, `${Math.round(progress.images_per_second)} images/s`) : h('span', null, detail.ended ? `ended ${day(detail.ended)}` : `submitted ${day(detail.created)}`),
        live && progress.activity ? h('span', null, progress.activity) : null,
        phase()),
      h('div', { class: 'row acts' },
        detail.live && context.role === 'operator' ? h('button', { type: 'button', 'data-act': 'stop', onclick: stop }, 'Stop') : null,
        h('a', { class: 'button', 'data-act': 'compare', href: `#/compare?runs=${detail.id}` }, 'Compare'),
        h('button', { type: 'button', 'data-act': 'clone', onclick: () => keep(`${detail.id}.yaml`, URL.createObjectURL(new Blob([config.yaml], { type: 'text/yaml' }))), title: 'Its configuration as a file, for: mm train FILE' }, 'Clone'),
        h('button', { type: 'button', 'data-act': 'report', onclick: report }, 'Report'),
        context.traces ? h('a', { class: 'button', 'data-act': 'traces', href: context.traces(detail.id, Date.parse(detail.created), detail.ended ? Date.parse(detail.ended) : Date.now()), target: '_blank', rel: 'noopener noreferrer' }, 'Traces') : null));
    if (focused) top.querySelector(`[data-act="${focused}"]`)?.focus();
  }

  function phase() {
    const now = progress?.phase ?? detail.last?.phase;
    if (now === 'deferred') return h('span', { class: 'phase' }, `deferred re-weighting since epoch ${detail.switch_epoch + 1}`);
    return detail.switch_epoch === null ? null : h('span', { class: 'phase' }, `re-weighting from epoch ${detail.switch_epoch + 1}`);
  }

  function drawTiles() {
    const last = detail.last ?? {};
    const worst = detail.classes.length ? detail.classes.reduce((a, b) => ((b.error ?? -1) > (a.error ?? -1) ? b : a)) : null;
    const largest = detail.goodput?.losses[0];
    const tile = (name, value, note, kind) => [h('div', { class: kind ?? null }, h('dt', null, name), h('dd', null, value, note ? h('small', null, note) : null))];
    tiles.replaceChildren(...[
      tile('accuracy', `${points(last.accuracy)}${last.accuracy === null || last.accuracy === undefined ? '' : ' %'}`, detail.best ? `best ${points(detail.best.accuracy)} at ${detail.best.epoch}` : null, 'all'),
      tile('many', points(last.many), null, 'many'),
      tile('medium', points(last.medium), null, 'medium'),
      tile('few', points(last.few), null, 'few'),
      tile('worst class', worst ? points(1 - worst.error) : '–', worst?.name),
      tile('ECE', number(last.ece)),
      tile('train loss', number(progress?.loss ?? last.train_loss)),
      tile('goodput', detail.goodput ? `${points(detail.goodput.useful)} %` : '–', largest && `${largest.name.replaceAll('_', ' ')} ${points(largest.share)} %`),
      tile('learning rate', number(progress?.learning_rate || last.learning_rate)),
    ].flat());
  }

  function drawCharts() {
    const of = (name, kind, shown = name, dash = false) => ({ name: shown, kind, dash, ...metrics.series[name] });
    const common = { epochs: detail.epochs, change: metrics.switch_epoch };
    loss.set({ ...common, series: [of('train_loss', 'many', 'train'), of('test_loss', 'few', 'test')] });
    accuracy.set({ ...common, series: [of('accuracy', 'all', 'all'), of('many', 'many'), of('medium', 'medium'), of('few', 'few')],
      mark: detail.best?.accuracy !== null && detail.best ? { series: 'all', epoch: detail.best.epoch, text: `best ${points(detail.best.accuracy)}` } : null });
    rate.set({ ...common, series: [of('lr', 'many', 'learning rate')] });
    speed.set({ ...common, change: null, series: [of('images_per_second', 'many', 'images per second')] });
    errors.set(detail.classes, other);
    taken.set(detail.classes, detail.confusion);
    const before = detail.margins_before;
    margin.set(detail.margins, before && detail.switch_epoch !== null && detail.epoch > detail.switch_epoch && before.epoch <= detail.switch_epoch ? before : null);
  }

  function drawTime() {
    const sums = stages.map(stage => metrics.series[`${stage}_seconds`].value.reduce((a, b) => a + (b ?? 0), 0));
    const epochs = Math.max(1, metrics.series.data_seconds.value.length);
    const all = sums.reduce((a, b) => a + b, 0);
    time.set({
      stages: all > 0 ? stages.map((name, i) => ({ name, seconds: sums[i] / epochs, share: sums[i] / all })) : [],
      trainers: trainers.filter(one => one.state !== 'left' && one.compute_share !== null && one.compute_share !== undefined).map(one => ({
        name: one.trainer, note: `${Math.round(one.images_per_second)} images/s`,
        share: { data: one.data_share, compute: one.compute_share, exchange: one.exchange_share, wait: one.wait_share } })),
    });
  }

  function drawTrainers() {
    crew.lastElementChild.replaceWith(trainers.length === 0 ? h('p', { class: 'empty' }, 'None yet.') : table('Trainers', ['Trainer', 'Device', 'Slots', '#Images/s', '#Round', '#Wait', 'State'], trainers.map(one => [
      one.trainer, one.device, one.slots || '–',
      one.images_per_second ? Math.round(one.images_per_second) : '–',
      one.round_seconds ? `${Math.round(1000 * one.round_seconds)} ms` : '–',
      one.wait_share === null || one.wait_share === undefined ? '–' : `${points(one.wait_share)} %`,
      h('span', { class: `badge ${one.state}` }, one.state)])));
  }

  function drawCheckpoints() {
    saved.lastElementChild.replaceWith(checkpoints.checkpoints.length === 0 ? h('p', { class: 'empty' }, 'None yet.') : table('Checkpoints', ['Checkpoint', '#Epoch', '#Size', 'State hash', 'Download'], checkpoints.checkpoints.map(one => [
      h('span', null, one.name, one.name === checkpoints.best ? h('span', { class: 'badge' }, 'best') : null, one.whole ? null : h('span', { class: 'badge failed' }, 'damaged')),
      one.epoch, bytes(one.bytes), h('code', { title: one.state_sha256 }, one.state_sha256?.slice(0, 12) ?? '–'),
      h('span', { class: 'files' }, one.files.map(file => h('button', { type: 'button', class: 'quiet', title: `${file.name}, ${bytes(file.bytes)}`, 'aria-label': `${one.name} ${file.name}`, onclick: event => download(event.target, one.name, file.name) }, file.name.split('.')[0])))])));
  }

  async function download(button, name, file) {
    button.disabled = true;
    try {
      keep(`${detail.id}-${name}-${file}`, await blob(`${path}/checkpoints/${name}/${file}`));
    } catch (problem) {
      say(problem.message);
      button.textContent = 'not there';
    } finally {
      button.disabled = false;
    }
  }

  function keep(name, url) {
    h('a', { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }

  async function report(event) {
    const button = event.target;
    try {
      // Asking for the list sets a cookie for these files where a token is needed; a window that opens sends no header.
      await get(`${path}/report`);
      window.open(beside(`api/v1${path}/report/index.html`), '_blank', 'noopener');
    } catch (problem) {
      button.textContent = 'No report yet';
      say(`${problem.message}. ${problem.fix ?? ''}`);
      notice(`${problem.message}. ${problem.fix ?? ''}`);
    }
  }

  function notice(words) {
    fault.replaceChildren(h('p', { class: 'card notice', role: 'status' }, words));
  }

  function stop() {
    const lost = progress?.round_of_epoch ? `The run saves its state first. The ${progress.round_of_epoch} completed rounds of epoch ${progress.epoch} are kept; the round in progress is lost.` : 'The run saves its state first; the round in progress is lost.';
    const dialog = h('dialog', { 'aria-labelledby': 'stop-title' },
      h('h2', { id: 'stop-title' }, `Stop ${detail.id}?`),
      h('p', null, lost, ` Resume it later with `, h('code', null, `mm resume ${detail.id}`), '.'),
      h('p', { class: 'row' },
        h('button', { type: 'button', class: 'danger', onclick: async () => {
          dialog.close();
          try {
            await send('POST', `${path}/stop`);
            notice('Stopping: the run is saving its state.');
          } catch (problem) {
            notice(`${problem.message}. ${problem.fix ?? ''}`);
          }
        } }, 'Save and stop'),
        h('button', { type: 'button', onclick: () => dialog.close() }, 'Keep running')));
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  function compareWith() {
    const same = others.runs.filter(one => one.id !== detail.id);
    const choice = h('select', { id: 'compare-with', onchange: async event => {
      const id = event.target.value;
      const fresh = id ? await get(`/runs/${id}`) : null;
      other = fresh && fresh.classes.length === detail.classes.length ? { id, classes: fresh.classes } : null;
      if (fresh && !other) say(`${id} has other classes`);
      errors.set(detail.classes, other);
    } }, h('option', { value: '' }, 'no other run'), same.map(one => h('option', { value: one.id }, `${one.id} ${one.name}`)));
    return h('p', { class: 'row small', hidden: same.length === 0 }, h('label', { for: 'compare-with' }, 'Beside'), choice);
  }

  function configCard() {
    const lines = config.yaml.trimEnd().split('\n').map(line => {
      const at = line.lastIndexOf(' # from ');
      const origin = at > 0 ? line.slice(at + 8) : '';
      const own = origin !== '' && !/^(preset|built in|method) ?/.test(origin);
      return h('span', { class: own ? 'line own' : 'line' }, at > 0 ? line.slice(0, at).trimEnd() : line, origin ? h('small', null, `  ${origin}`) : null, '\n');
    });
    return h('section', { class: 'card' }, h('h2', null, 'Configuration'),
      h('p', { class: 'remark' }, detail.preset ? `Preset ${detail.preset}; marked lines differ from it, with their origin.` : 'With the origin of each value.'),
      h('pre', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Configuration' }, lines));
  }

  /** Where to see what was going on about an event. */
  function trace(happened) {
    const at = Date.parse(happened.time);
    return context.traces && [' ', h('a', { class: 'trace', href: context.traces(detail.id, at - around, at + around), target: '_blank', rel: 'noopener noreferrer', 'aria-label': `Traces about ${clock(happened.time)}` }, 'traces')];
  }

  function eventsCard() {
    let kind = 'all', words = '', limit = shownAtFirst, waiting = false;
    const list = h('ol', { class: 'events scroll', tabindex: '0', 'aria-label': 'Events, the newest first' });
    const tally = h('span', { class: 'remark' });
    const choice = h('select', { id: 'kind', onchange: event => { kind = event.target.value; draw(); } }, kinds.map(one => h('option', { value: one }, one)));
    const search = h('input', { type: 'search', id: 'words', placeholder: 'words', oninput: event => { words = event.target.value.toLowerCase(); draw(); } });
    const card = h('section', { class: 'card' }, h('h2', null, 'Events'),
      h('p', { class: 'row small' }, h('label', { for: 'kind' }, 'Kind'), choice, h('label', { for: 'words' }, 'Words'), search, tally), list);
    function draw() {
      waiting = false;
      const shown = timeline.filter(one => (kind === 'all' || one.event === kind) && one.message.toLowerCase().includes(words));
      tally.textContent = `${count(shown.length)} of ${count(timeline.length)}`;
      list.dataset.count = timeline.length;
      list.dataset.last = timeline.at(-1)?.id ?? '';
      list.replaceChildren(...shown.slice(-limit).reverse().map(one => h('li', { class: one.event },
        h('time', { datetime: one.time, title: day(one.time) }, clock(one.time)), h('span', { class: `badge ${one.event}` }, one.event), h('span', null, one.message, trace(one)))),
      ...(shown.length > limit ? [h('li', null, h('button', { type: 'button', class: 'quiet', onclick: () => { limit = Infinity; draw(); } }, `all ${count(shown.length)}`))] : []));
    }
    return { card, later: () => { if (!waiting) { waiting = true; requestAnimationFrame(draw); } } };
  }
}
