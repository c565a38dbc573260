import type { Goal } from './goals.ts';
import { median, show, table } from './numbers.ts';

export function ratios(goals: readonly Goal[]): string {
  return table(
    ['', 'median', 'lowest–highest', 'goal', ''],
    goals.map((goal) => {
      const { name, values, unit } = goal;
      const range = `${show(Math.min(...values))}–${show(Math.max(...values))}`;
      const met = isMet(goal) ? 'met' : '**missed**';
      return [name, `${show(median(values))}${unit}`, range, bounds(goal), met];
    }),
  );
}

function isMet({ values, atLeast = -Infinity, atMost = Infinity }: Goal): boolean {
  const value = median(values);
  return value >= atLeast && value <= atMost;
}

function bounds({ atLeast, atMost }: Goal): string {
  const texts = [
    atLeast === undefined ? [] : [`≥ ${atLeast}`],
    atMost === undefined ? [] : [`≤ ${atMost}`],
  ];
  return texts.flat().join(', ');
}
