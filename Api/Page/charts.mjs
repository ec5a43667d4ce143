// Draws the charts as SVG of the width that there is. Each has its numbers as a table beside it, and is walked with the arrow keys.

import { h, s, table } from './dom.mjs';
import { count, number, points } from './format.mjs';
import { ticks } from './ticks.mjs';

let plots = 0;

/** Frame of a chart: heading, legend, drawing, what the pointer is at, and the numbers. */
function frame(title, note) {
  const id = `plot-${++plots}`;
  const area = h('div', { class: 'plot' });
  const legend = h('ul', { class: 'legend', 'aria-label': `Legend of ${title}` });
  const read = h('output', { class: 'read', 'aria-live': 'polite' });
  const numbers = h('details', { class: 'numbers' }, h('summary', null, 'Numbers'));
  const remark = h('p', { class: 'remark' }, note ?? '');
  const figure = h('figure', { class: 'card', 'aria-labelledby': id },
    h('figcaption', { id }, h('h2', null, title), remark), legend, area, read, numbers);
  const chart = { figure, area, legend, read, numbers, remark, at: null, draw: () => {}, rows: () => null };
  const redraw = () => {
    const width = Math.floor(area.clientWidth);
    if (width > 40) chart.draw(width);
    if (numbers.open) fillNumbers();
  };
  const fillNumbers = () => {
    numbers.lastElementChild.tagName === 'SUMMARY' || numbers.lastElementChild.remove();
    const made = chart.rows();
    numbers.append(made ? table(`Numbers of ${title}`, made.columns, made.rows, 'tall') : h('p', { class: 'empty' }, 'None yet.'));
  };
  numbers.addEventListener('toggle', () => numbers.open && fillNumbers());
  new ResizeObserver(redraw).observe(area);
  chart.redraw = redraw;
  chart.key = items => legend.replaceChildren(...items.map(([name, kind, dash]) =>
    h('li', null, s('svg', { class: 'swatch', width: 18, height: 10, 'aria-hidden': 'true' },
      dash ? s('line', { x1: 0, y1: 5, x2: 18, y2: 5, class: `stroke ${kind}`, 'stroke-dasharray': '4 3' })
        : s('rect', { y: 2, width: 18, height: 6, rx: 2, class: `fill ${kind}` })), name)));
  return chart;
}

const empty = (chart, words) => {
  chart.area.replaceChildren(h('p', { class: 'empty' }, words));
  chart.legend.replaceChildren();
  chart.read.textContent = '';
};

/** Lets pointer and arrow keys walk over positions; `show` marks one and says it. */
function walk(chart, svg, positions, places, show) {
  const go = i => {
    chart.at = i;
    show(i);
  };
  svg.addEventListener('pointermove', event => {
    const x = event.clientX - svg.getBoundingClientRect().left;
    let nearest = 0;
    places.forEach((place, i) => { if (Math.abs(place - x) < Math.abs(places[nearest] - x)) nearest = i; });
    go(nearest);
  });
  svg.addEventListener('pointerleave', () => go(null));
  chart.area.onkeydown = event => {
    const step = { ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (event.key === 'Escape') go(null);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(positions.length - 1);
    else if (step) go(Math.max(0, Math.min(positions.length - 1, (chart.at ?? (step > 0 ? -1 : positions.length)) + step)));
    else return;
    event.preventDefault();
  };
  if (chart.at !== null && chart.at < positions.length) show(chart.at);
}

/**
 * Curves over epochs.
 * @param {string} title
 * @param {{share?: boolean, log?: boolean}} options `share`: values in [0, 1], shown as per cent
 */
export function curves(title, options = {}) {
  const chart = frame(title);
  let data = null;
  chart.area.tabIndex = 0;
  chart.area.setAttribute('role', 'group');
  chart.area.setAttribute('aria-label', `${title}: arrow keys walk through the epochs`);
  const text = options.share ? points : number;

  /** @param given {series: [{name, kind, dash, epoch, value}], epochs, change, mark: {series, epoch, text}} */
  chart.set = given => {
    data = given;
    chart.redraw();
  };
  chart.rows = () => {
    const all = epochsOf(data);
    return data && all.length ? {
      columns: ['#epoch', ...data.series.map(one => `#${one.name}`)],
      rows: all.map(epoch => [epoch, ...data.series.map(one => text(valueAt(one, epoch)))]),
    } : null;
  };
  chart.draw = width => {
    const shown = data?.series.filter(one => one.value.some(Number.isFinite)) ?? [];
    if (shown.length === 0) return empty(chart, 'No epoch is complete yet.');
    const height = Math.max(200, Math.min(320, width * 0.66));
    const [left, right, top, bottom] = [46, 12, 16, 34];
    const values = shown.flatMap(one => one.value.filter(Number.isFinite)).map(v => options.share ? 100 * v : v);
    let [low, high] = [Math.min(...values), Math.max(...values)];
    if (low === high) [low, high] = [low - 0.5, high + 0.5];
    const pad = (high - low) * 0.06;
    [low, high] = options.share ? [Math.max(0, low - pad), Math.min(100, high + pad)] : [low >= 0 ? Math.max(0, low - pad) : low - pad, high + pad];
    const last = Math.max(2, ...epochsOf(data), data.full ? data.epochs : 0);
    const isSwitched = Number.isFinite(data.change) && data.change + 1 <= last;
    chart.key([...shown.map(one => [one.name, one.kind, one.dash]), ...(isSwitched ? [['re-weighting begins', 'mark', true]] : [])]);
    const x = epoch => left + (epoch - 1) / (last - 1) * (width - left - right);
    const y = value => top + (high - value) / (high - low) * (height - top - bottom);
    const scale = v => y(options.share ? 100 * v : v);
    const ys = ticks(low, high, height / 45), xs = ticks(1, last, width / 80).filter(t => Number.isInteger(t.value) && t.value >= 1);
    const cursor = s('g', { class: 'cursor', visibility: 'hidden' });
    const svg = s('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': describe() },
      ys.map(t => s('g', null, s('line', { class: 'rule', x1: left, x2: width - right, y1: y(t.value), y2: y(t.value) }),
        s('text', { class: 'tick end', x: left - 7, y: y(t.value) + 4 }, t.text))),
      xs.map(t => s('text', { class: 'tick middle', x: x(t.value), y: height - bottom + 17 }, t.text)),
      s('text', { class: 'tick end', x: width - right, y: height - 3 }, 'epoch'),
      s('text', { class: 'tick', x: 4, y: 10 }, options.share ? '%' : (options.unit ?? '')),
      s('line', { class: 'axis', x1: left, x2: width - right, y1: height - bottom, y2: height - bottom }));
    if (isSwitched) {
      const at = x(data.change + 0.5);
      svg.append(s('line', { class: 'stroke mark', 'data-switch': data.change, x1: at, x2: at, y1: top, y2: height - bottom, 'stroke-dasharray': '5 4' }));
    }
    for (const one of shown) {
      let path = '', pen = 'M';
      one.epoch.forEach((epoch, i) => {
        if (!Number.isFinite(one.value[i])) { pen = 'M'; return; }
        path += `${pen}${x(epoch).toFixed(1)} ${scale(one.value[i]).toFixed(1)}`;
        pen = 'L';
      });
      svg.append(s('path', { class: `stroke curve ${one.kind}`, 'data-name': one.name, 'data-points': one.value.length, d: path, 'stroke-dasharray': one.dash ? '5 4' : null }));
      if (one.value.length === 1) svg.append(s('circle', { class: `fill ${one.kind}`, cx: x(one.epoch[0]), cy: scale(one.value[0]), r: 3 }));
    }
    if (data.mark) {
      const one = shown.find(candidate => candidate.name === data.mark.series);
      const value = one && valueAt(one, data.mark.epoch);
      if (Number.isFinite(value)) {
        const [cx, cy] = [x(data.mark.epoch), scale(value)];
        const after = cx > width * 0.6;
        svg.append(s('circle', { class: 'best', 'data-best': data.mark.epoch, cx, cy, r: 5 }),
          s('text', { class: `label ${after ? 'end' : ''}`, x: cx + (after ? -9 : 9), y: Math.max(12, cy - 8) }, data.mark.text));
      }
    }
    svg.append(cursor);
    chart.area.replaceChildren(svg);
    const all = epochsOf({ series: shown });
    walk(chart, svg, all, all.map(x), i => {
      cursor.replaceChildren();
      cursor.setAttribute('visibility', i === null ? 'hidden' : 'visible');
      if (i === null) return rest();
      const epoch = all[i];
      cursor.append(s('line', { class: 'axis', x1: x(epoch), x2: x(epoch), y1: top, y2: height - bottom }),
        ...shown.filter(one => Number.isFinite(valueAt(one, epoch))).map(one =>
          s('circle', { class: `fill ${one.kind}`, cx: x(epoch), cy: scale(valueAt(one, epoch)), r: 3.5 })));
      chart.read.textContent = `epoch ${epoch}: ${shown.map(one => `${one.name} ${text(valueAt(one, epoch))}`).join(', ')}`;
    });
    if (chart.at === null) rest();

    function rest() {
      const epoch = all.at(-1);
      chart.read.textContent = `last, epoch ${epoch}: ${shown.map(one => `${one.name} ${text(valueAt(one, epoch))}`).join(', ')}`;
    }

    function describe() {
      const epoch = epochsOf(data).at(-1);
      return `${title} by epoch, up to epoch ${epoch}: ${shown.map(one => `${one.name} ${text(one.value.at(-1))}`).join(', ')}`;
    }
  };
  return chart;
}

const epochsOf = data => [...new Set(data?.series.flatMap(one => one.epoch) ?? [])].sort((a, b) => a - b);

const valueAt = (one, epoch) => {
  const i = one.epoch.indexOf(epoch);
  return i < 0 ? null : one.value[i];
};

/** Of a class that no test image is of there is no error. */
const errorOf = one => one.error === null ? 'no test images' : `${points(one.error)} %`;

/** Test error of every class as bars, the most images first; of another run as a mark beside it. */
export function classErrors(title) {
  const chart = frame(title);
  let data = { classes: [], other: null };
  chart.set = (classes, other = null) => {
    data = { classes, other };
    chart.redraw();
  };
  const otherOf = one => data.other?.classes.find(candidate => candidate.index === one.index)?.error ?? null;
  chart.rows = () => data.classes.length ? {
    columns: ['class', '#training images', 'group', '#test error', ...(data.other ? [`#${data.other.id}`] : [])],
    rows: data.classes.map(one => [one.name, count(one.training_images), one.group, points(one.error), ...(data.other ? [points(otherOf(one))] : [])]),
  } : null;
  chart.draw = width => {
    const classes = data.classes;
    if (classes.length === 0) return empty(chart, 'Nothing was evaluated yet.');
    chart.key([...['many', 'medium', 'few'].filter(group => classes.some(one => one.group === group)).map(group => [`${group}-shot`, group]), ...(data.other ? [[data.other.id, 'all', true]] : [])]);
    const dense = classes.length > 30;
    const row = dense ? Math.max(4, Math.min(8, 620 / classes.length)) : 23;
    const left = dense ? 12 : Math.min(150, Math.max(...classes.map(one => one.name.length + 2 + count(one.training_images).length)) * 6.7 + 12);
    const [right, top] = [44, 4];
    const most = Math.max(0.05, ...classes.map(one => one.error ?? 0), ...classes.map(one => otherOf(one) ?? 0));
    const x = share => left + share / most * (width - left - right);
    const height = top + classes.length * row + 22;
    const svg = s('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `Test error by class: ${classes.slice(0, 20).map(one => `${one.name} ${errorOf(one)}`).join(', ')}` },
      ticks(0, 100 * most, width / 110).map(t => s('g', null, s('line', { class: 'rule', x1: x(t.value / 100), x2: x(t.value / 100), y1: top, y2: height - 20 }),
        s('text', { class: 'tick middle', x: x(t.value / 100), y: height - 6 }, `${t.text} %`))),
      classes.map((one, i) => {
        const y = top + i * row;
        const other = otherOf(one);
        const name = one.name.length > 13 ? `${one.name.slice(0, 12)}…` : one.name;
        return s('g', { class: 'row' },
          s('title', null, `${one.name}: test error ${errorOf(one)}, ${count(one.training_images)} training images, ${one.group}-shot`),
          dense ? null : s('text', { class: 'tick end', x: left - 8, y: y + row / 2 + 4 }, s('tspan', { class: 'name' }, name), ` ${count(one.training_images)}`),
          one.error === null ? null : s('rect', { class: `fill ${one.group}`, 'data-class': one.name, 'data-error': one.error, x: left, y: y + (dense ? 0.5 : 3), width: Math.max(1, x(one.error ?? 0) - left), height: row - (dense ? 1 : 6), rx: dense ? 0 : 2 }),
          other === null ? null : s('line', { class: 'stroke all', x1: x(other), x2: x(other), y1: y + 1, y2: y + row - 1, 'stroke-width': 2.5 }),
          dense ? null : s('text', { class: 'tick', x: x(Math.max(one.error ?? 0, 0)) + 6, y: y + row / 2 + 4 }, one.error === null ? errorOf(one) : points(one.error)));
      }));
    chart.area.replaceChildren(svg);
    const worst = classes.reduce((a, b) => (b.error ?? -1) > (a.error ?? -1) ? b : a);
    chart.read.textContent = `worst: ${worst.name}, ${points(worst.error)} % wrong, ${count(worst.training_images)} training images`;
  };
  return chart;
}

/** Training images of every class on a logarithmic scale, the most first, and the profile that was asked for as a line. */
export function classCounts(title) {
  const chart = frame(title, 'Classes in descending order of count. The scale is logarithmic, so an exponential long tail is a straight line.');
  let data = null;
  chart.area.tabIndex = 0;
  chart.area.setAttribute('role', 'group');
  chart.area.setAttribute('aria-label', `${title}: arrow keys walk through the classes`);

  /** @param given {classes: [{name, index, training_images, group}], imbalance, ratio, step_fraction} */
  chart.set = given => {
    data = given;
    chart.redraw();
  };
  chart.rows = () => ({
    columns: ['class', '#number', '#training images', 'group'],
    rows: data.classes.map(one => [one.name, one.index, count(one.training_images), one.group]),
  });
  chart.draw = width => {
    if (!data) return;
    const { classes } = data, n = classes.length;
    const [left, right, top, bottom] = [54, 12, 12, 34];
    const height = Math.max(220, Math.min(340, width * 0.5));
    const [most, least] = [classes[0].training_images, classes.at(-1).training_images];
    const [low, high] = [Math.floor(Math.log10(Math.max(1, least)) - 0.15), Math.max(1, Math.log10(most) + 0.06)];
    const slot = (width - left - right) / n, gap = slot > 4 ? Math.min(4, slot * 0.16) : 0;
    const y = images => top + (high - Math.log10(Math.max(1, images))) / (high - low) * (height - top - bottom);
    const middle = i => left + (i + 0.5) * slot;
    const powers = Array.from({ length: Math.floor(high) - low + 1 }, (_, i) => low + i).filter(power => power >= 0);
    const profile = { exp: () => [[0, most], [n - 1, most / data.ratio]],
      step: () => classes.map((_, i) => [i, i < n - Math.round(n * data.step_fraction) ? most : most / data.ratio]) }[data.imbalance]?.();
    chart.key([...['many', 'medium', 'few'].filter(group => classes.some(one => one.group === group)).map(group => [`${group}-shot`, group]), ...(profile ? [['asked for', 'mark', true]] : [])]);
    const svg = s('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `${title}: ${classes.slice(0, 20).map(one => `${one.name} ${count(one.training_images)}`).join(', ')}` },
      powers.map(power => s('g', null, s('line', { class: 'rule', x1: left, x2: width - right, y1: y(10 ** power), y2: y(10 ** power) }),
        s('text', { class: 'tick end', x: left - 7, y: y(10 ** power) + 4 }, count(10 ** power)))),
      classes.map((one, i) => s('rect', { class: `fill ${one.group}`, 'data-class': one.name, 'data-images': one.training_images, x: left + i * slot + gap / 2, y: y(one.training_images), width: Math.max(0.5, slot - gap), height: Math.max(1, height - bottom - y(one.training_images)) })),
      s('line', { class: 'axis', x1: left, x2: width - right, y1: height - bottom, y2: height - bottom }),
      profile ? s('path', { class: 'stroke mark', 'data-profile': data.imbalance, 'stroke-dasharray': '5 4', d: profile.map(([i, images], at) => `${at ? 'L' : 'M'}${middle(i).toFixed(1)} ${y(images).toFixed(1)}`).join('') }) : '');
    // Names where they fit; otherwise the places by count.
    const longest = Math.max(...classes.map(one => one.name.length)) * 6.4;
    (longest < slot ? classes.map((one, i) => [i, one.name]) : ticks(1, Math.max(2, n), width / 80).filter(t => Number.isInteger(t.value) && t.value <= n).map(t => [t.value - 1, t.text]))
      .forEach(([i, text]) => svg.append(s('text', { class: 'tick middle', x: middle(i), y: height - bottom + 17 }, text)));
    if (longest >= slot) svg.append(s('text', { class: 'tick end', x: width - right, y: height - 3 }, 'place by count'));
    const cursor = s('rect', { class: 'cursor', y: top, width: Math.max(1, slot), height: height - top - bottom, visibility: 'hidden' });
    svg.append(cursor);
    chart.area.replaceChildren(svg);
    walk(chart, svg, classes, classes.map((_, i) => middle(i)), i => {
      cursor.setAttribute('visibility', i === null ? 'hidden' : 'visible');
      if (i === null) return rest();
      cursor.setAttribute('x', left + i * slot);
      chart.read.textContent = `${classes[i].name}: ${count(classes[i].training_images)} training images, ${classes[i].group}-shot, place ${i + 1} of ${n}`;
    });
    if (chart.at === null) rest();

    function rest() {
      chart.read.textContent = `from ${classes[0].name}, ${count(most)}, to ${classes.at(-1).name}, ${count(least)}`;
    }
  };
  return chart;
}

/** Which class is taken for which: shares of each true class. */
export function confusion(title) {
  const chart = frame(title, 'Rows: the true class; columns: what it was taken for. Both by falling training count.');
  let data = null;
  chart.set = (classes, counts) => {
    data = classes.length && counts.length === classes.length ** 2 ? { classes, counts } : null;
    chart.redraw();
  };
  const share = (row, column) => {
    const n = data.classes.length, base = data.classes[row].index * n;
    const sum = data.classes.reduce((total, one) => total + data.counts[base + one.index], 0);
    return sum ? data.counts[base + data.classes[column].index] / sum : 0;
  };
  chart.rows = () => data ? {
    columns: ['true class', ...data.classes.map(one => `#${one.name}`)],
    rows: data.classes.map((one, row) => [one.name, ...data.classes.map((_, column) => points(share(row, column)))]),
  } : null;
  chart.draw = width => {
    if (!data) return empty(chart, 'Nothing was evaluated yet.');
    chart.key([]);
    const n = data.classes.length;
    const named = n <= 20;
    const left = named ? Math.min(86, Math.max(...data.classes.map(one => one.name.length)) * 6.6 + 10) : 4;
    const cell = Math.min(44, (width - left - 4) / n);
    const top = named ? Math.min(64, Math.max(...data.classes.map(one => one.name.length)) * 4.6 + 14) : 4;
    const height = top + cell * n + 4;
    const svg = s('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `Confusion of ${n} classes; on the diagonal ${data.classes.slice(0, 20).map((one, i) => `${one.name} ${points(share(i, i))} %`).join(', ')}` });
    for (let row = 0; row < n; row++) {
      if (named) {
        const name = data.classes[row].name;
        svg.append(s('text', { class: 'tick end', x: left - 6, y: top + row * cell + cell / 2 + 4 }, name.length > 12 ? `${name.slice(0, 11)}…` : name),
          s('text', { class: 'tick', transform: `translate(${left + row * cell + cell / 2 + 3} ${top - 6}) rotate(-45)` }, name.length > 12 ? `${name.slice(0, 11)}…` : name));
      }
      for (let column = 0; column < n; column++) {
        const value = share(row, column);
        const [x, y] = [left + column * cell, top + row * cell];
        svg.append(s('rect', { class: row === column ? 'fill right' : 'fill wrong', 'data-row': row, 'data-column': column, 'fill-opacity': (value ** 0.7).toFixed(3), x, y, width: cell - 1, height: cell - 1 }));
        if (cell >= 24 && n <= 20 && value >= 0.005)
          svg.append(s('text', { class: `cell middle ${value ** 0.7 > 0.55 ? 'on' : ''}`, x: x + cell / 2 - 0.5, y: y + cell / 2 + 3.5 }, (100 * value).toFixed(0)));
      }
    }
    svg.addEventListener('pointermove', event => {
      const box = svg.getBoundingClientRect();
      const [column, row] = [Math.floor((event.clientX - box.left - left) / cell), Math.floor((event.clientY - box.top - top) / cell)];
      if (row >= 0 && row < n && column >= 0 && column < n)
        chart.read.textContent = `${data.classes[row].name} taken for ${data.classes[column].name}: ${points(share(row, column))} %`;
    });
    chart.area.replaceChildren(svg);
    let [row, column] = [0, n > 1 ? 1 : 0];
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j && share(i, j) > share(row, column)) [row, column] = [i, j];
    chart.read.textContent = n > 1 ? `most often: ${data.classes[row].name} taken for ${data.classes[column].name}, ${points(share(row, column))} %` : '';
  };
  return chart;
}

/** Margins of each shot group as humps, now and before re-weighting. */
export function margins(title) {
  const chart = frame(title, 'True logit minus the largest other logit. Images left of 0 are misclassified.');
  let data = null;
  chart.set = (now, before) => {
    data = now ? { now, before } : null;
    chart.redraw();
  };
  const groups = ['many', 'medium', 'few'];
  const wrong = counts => {
    const all = counts.reduce((a, b) => a + b, 0);
    return all ? counts.slice(0, counts.length / 2).reduce((a, b) => a + b, 0) / all : null;
  };
  chart.rows = () => data ? {
    columns: ['group', '#images', '#misclassified %', ...(data.before ? ['#before re-weighting %'] : [])],
    rows: groups.filter(group => data.now[group].length).map(group => [group, count(data.now[group].reduce((a, b) => a + b, 0)), points(wrong(data.now[group])), ...(data.before ? [points(wrong(data.before[group]))] : [])]),
  } : null;
  chart.draw = width => {
    if (!data) return empty(chart, 'No evaluation yet, or the run was recorded by a version that did not count margins.');
    const shown = groups.filter(group => data.now[group].length);
    chart.key([...shown.map(group => [`${group}-shot`, group]), ...(data.before ? [[`before re-weighting (epoch ${data.before.epoch})`, 'all', true]] : [])]);
    // Pairs of bins are one: curves of some hundred images are otherwise mostly noise. The outermost hold what lies beyond.
    const bins = counts => {
      const inner = counts.slice(1, -1), all = counts.reduce((a, b) => a + b, 0) || 1;
      const made = [];
      for (let i = 0; i < inner.length; i += 4) made.push((inner[i] + (inner[i + 1] ?? 0) + (inner[i + 2] ?? 0) + (inner[i + 3] ?? 0)) / all);
      return made;
    };
    const range = data.now.range;
    const curvesOf = shown.map(group => ({ group, now: bins(data.now[group]), before: data.before?.[group]?.length ? bins(data.before[group]) : null }));
    const filled = curvesOf.flatMap(one => [...one.now.entries(), ...(one.before ?? []).entries()]).filter(([, value]) => value > 0.002).map(([i]) => i);
    const n = curvesOf[0].now.length;
    const [first, last] = [Math.max(0, Math.min(...filled, n / 2) - 1), Math.min(n - 1, Math.max(...filled, n / 2) + 1)];
    const most = Math.max(...curvesOf.flatMap(one => [...one.now, ...(one.before ?? [])]));
    const [left, right, top, bottom] = [52, 12, 8, 30];
    const row = Math.max(58, Math.min(88, width * 0.2));
    const height = top + shown.length * row + bottom;
    const edge = i => -range + 2 * range * i / n;
    const x = value => left + (value - edge(first)) / (edge(last + 1) - edge(first)) * (width - left - right);
    const svg = s('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `Margins: misclassified ${shown.map(group => `${group} ${points(wrong(data.now[group]))} %`).join(', ')}` });
    ticks(edge(first), edge(last + 1), width / 70).forEach(t => svg.append(
      s('line', { class: 'rule', x1: x(t.value), x2: x(t.value), y1: top, y2: height - bottom }),
      s('text', { class: 'tick middle', x: x(t.value), y: height - bottom + 17 }, t.text)));
    curvesOf.forEach((one, r) => {
      const floor = top + (r + 1) * row;
      const line = values => values.slice(first, last + 1).map((value, i) => `${i ? 'L' : 'M'}${x((edge(first + i) + edge(first + i + 1)) / 2).toFixed(1)} ${(floor - value / most * (row - 10)).toFixed(1)}`).join('');
      const now = line(one.now);
      svg.append(
        s('path', { class: `fill soft ${one.group}`, d: `${now}L${x((edge(last) + edge(last + 1)) / 2)} ${floor}L${x((edge(first) + edge(first + 1)) / 2)} ${floor}Z` }),
        s('path', { class: `stroke curve ${one.group}`, 'data-group': one.group, d: now }),
        one.before ? s('path', { class: 'stroke thin all', d: line(one.before), 'stroke-dasharray': '4 3' }) : '',
        s('line', { class: 'axis', x1: left, x2: width - right, y1: floor, y2: floor }),
        s('text', { class: 'tick end', x: left - 7, y: floor - 5 }, one.group));
    });
    svg.append(s('line', { class: 'stroke mark', x1: x(0), x2: x(0), y1: top, y2: height - bottom }));
    chart.area.replaceChildren(svg);
    chart.read.textContent = `misclassified: ${shown.map(group => `${group} ${points(wrong(data.now[group]))} %${data.before ? ` (before ${points(wrong(data.before[group]))})` : ''}`).join(', ')}`;
  };
  return chart;
}

/** Where the time goes: a bar for each stage, and a bar of shares for each trainer. */
export function times(title) {
  const chart = frame(title);
  let data = { stages: [], trainers: [] };
  /** @param given {stages: [{name, seconds, share}], trainers: [{name, note, share: {part: share}}]} */
  chart.set = given => {
    data = given;
    chart.redraw();
  };
  const parts = ['data', 'compute', 'exchange', 'wait'];
  chart.rows = () => data.stages.length || data.trainers.length ? {
    columns: ['stage or trainer', '#seconds an epoch', '#share %'],
    rows: [...data.stages.map(one => [one.name, number(one.seconds), points(one.share)]),
      ...data.trainers.flatMap(one => parts.map(part => [`${one.name} ${part}`, '–', points(one.share[part])]))],
  } : null;
  chart.draw = width => {
    if (data.stages.length + data.trainers.length === 0) return empty(chart, 'No time was measured yet.');
    chart.key(data.trainers.length ? parts.map(part => [part, `stage-${part}`]) : []);
    const [row, tall, left, right] = [24, 42, 74, 96];
    const height = data.stages.length * row + (data.trainers.length ? data.trainers.length * tall + (data.stages.length ? 12 : 0) : 0) + 2;
    const most = Math.max(...data.stages.map(one => one.share), 0.01);
    const svg = s('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': [
      ...data.stages.map(one => `${one.name} ${points(one.share)} %`),
      ...data.trainers.map(one => `${one.name}: ${parts.map(part => `${part} ${points(one.share[part])} %`).join(', ')}`)].join('; ') });
    data.stages.forEach((one, i) => svg.append(
      s('text', { class: 'tick end name', x: left - 8, y: i * row + 16 }, one.name),
      s('rect', { class: `fill stage-${one.name}`, 'data-stage': one.name, 'data-share': one.share, x: left, y: i * row + 3, width: Math.max(1, one.share / most * (width - left - right)), height: row - 6, rx: 2 }),
      s('text', { class: 'tick', x: left + Math.max(1, one.share / most * (width - left - right)) + 7, y: i * row + 16 }, `${number(one.seconds)} s · ${points(one.share)} %`)));
    const floor = data.stages.length ? data.stages.length * row + 12 : 0;
    data.trainers.forEach((one, i) => {
      const y = floor + i * tall + 16;
      svg.append(s('text', { class: 'tick', x: 0, y: y - 5 }, s('tspan', { class: 'name' }, one.name), `  ${one.note}`));
      let at = 0;
      for (const part of parts) {
        const share = one.share[part] ?? 0, from = at * width;
        at += share;
        if (share * width < 0.4) continue;
        svg.append(s('rect', { class: `fill stage-${part}`, 'data-trainer': one.name, 'data-part': part, x: from, y, width: Math.max(0.5, share * width - 1), height: 20, rx: 2 }, s('title', null, `${part} ${points(share)} %`)));
        if (share * width > 34) svg.append(s('text', { class: 'cell on middle', x: from + share * width / 2, y: y + 14 }, `${(100 * share).toFixed(0)} %`));
      }
    });
    chart.area.replaceChildren(svg);
    const first = data.stages.reduce((a, b) => (b.share > (a?.share ?? -1) ? b : a), null);
    chart.read.textContent = first ? `most of an epoch: ${first.name}, ${points(first.share)} %` : '';
  };
  return chart;
}
