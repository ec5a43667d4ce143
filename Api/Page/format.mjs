// Numbers and times as people read them.

const whole = new Intl.NumberFormat('en-GB');

export const count = value => value === null || value === undefined ? '–' : whole.format(value);

/** A share as per cent with one digit. */
export const points = value => value === null || value === undefined ? '–' : (100 * value).toFixed(1);

/** Three to four digits that matter. */
export function number(value) {
  if (value === null || value === undefined) return '–';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 100000 || size < 0.001) return value.toExponential(1);
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : size >= 1 ? value.toFixed(2) : value.toFixed(3);
}

export function bytes(value) {
  if (value === null || value === undefined) return '–';
  return value >= 1e9 ? `${(value / 1e9).toFixed(1)} GB` : value >= 1e6 ? `${(value / 1e6).toFixed(1)} MB` : `${Math.ceil(value / 1e3)} kB`;
}

export function duration(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  const total = Math.round(seconds);
  if (total < 60) return `${total} s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return `${minutes} min ${String(total % 60).padStart(2, '0')} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${String(minutes % 60).padStart(2, '0')} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export const since = time => duration((Date.now() - Date.parse(time)) / 1000);

export const clock = time => new Date(time).toLocaleTimeString('en-GB');

export const day = time => new Date(time).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** With its sign; `digits` behind the point. */
export const difference = (value, digits) => `${value > 0 ? '+' : value < 0 ? '−' : '±'}${Math.abs(value).toFixed(digits)}`;
