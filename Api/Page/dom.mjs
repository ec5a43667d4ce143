// Makes elements. Text is only ever set as text, so that no name of a run or class can become markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export const h = (tag, properties, ...children) => fill(document.createElement(tag), properties, children);
export const s = (tag, properties, ...children) => fill(document.createElementNS(SVG, tag), properties, children);

/** Says something to those who listen instead of look. */
export function say(text) {
  document.getElementById('said').textContent = text;
}

/** A table in a box that scrolls by itself. Cells are texts or elements; a column that begins with '#' holds numbers. */
export function table(label, columns, rows, kind = '') {
  const heads = columns.map(name => name.replace(/^#/, ''));
  return h('div', { class: `scroll ${kind}`, tabindex: '0', role: 'region', 'aria-label': label },
    h('table', null,
      h('thead', null, h('tr', null, columns.map(name =>
        h('th', { scope: 'col', class: name.startsWith('#') ? 'number' : null }, name.replace(/^#/, ''))))),
      h('tbody', null, rows.map(cells => h('tr', null, cells.map((cell, i) =>
        h(i === 0 ? 'th' : 'td', {
          scope: i === 0 ? 'row' : null,
          class: columns[i].startsWith('#') ? 'number' : null,
          'data-head': heads[i],
        }, cell ?? '–')))))));
}
