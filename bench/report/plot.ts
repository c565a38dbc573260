import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type Mode, nodes, type Size } from '../contract.ts';
import type { Results } from '../measure.ts';
import { type PeerName, TITLES } from '../peers.ts';
import { median } from './numbers.ts';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const LINES: readonly { peer: PeerName; mode: Mode; color: string }[] = [
  { peer: 'apollo', mode: 'fresh', color: '#8250df' },
  { peer: 'mercurius', mode: 'fresh', color: '#bf8700' },
  { peer: 'raw', mode: 'fresh', color: '#57606a' },
  { peer: 'rolecall', mode: 'fresh', color: '#0969da' },
  { peer: 'rolecall', mode: 'unchanged', color: '#0969da' },
];

/** CPU cost of the full query against permission nodes, both logarithmic, as an SVG. */
export function plot(results: Results): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 820, height: 480 });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: { text: 'CPU per request, full query', left: 'center', top: 8 },
    legend: { orient: 'vertical', left: 90, top: 60, itemWidth: 40, selectedMode: false },
    grid: { left: 70, right: 40, top: 50, bottom: 60 },
    xAxis: {
      type: 'log',
      name: 'permission nodes in the response',
      nameLocation: 'middle',
      nameGap: 30,
      min: 30,
      max: 40_000,
    },
    yAxis: { type: 'log', name: 'CPU ms', axisLabel: { formatter: (value: number) => `${value}` } },
    series: LINES.map(({ peer, mode, color }) => ({
      name: `${TITLES[peer]}${mode === 'unchanged' ? ', unchanged upstream' : ''}`,
      type: 'line',
      color,
      symbolSize: 7,
      silent: true,
      emphasis: { disabled: true },
      lineStyle: { width: 2, type: mode === 'unchanged' ? 'dashed' : 'solid' },
      data: (['S', 'M', 'L'] as const).map((size) => point(results, peer, mode, size)),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function point(results: Results, peer: PeerName, mode: Mode, size: Size): [number, number] {
  const rounds = results.rounds(peer, { size, query: 'Full', mode });
  return [nodes(size), median(rounds.map(({ cpuMs }) => cpuMs))];
}
