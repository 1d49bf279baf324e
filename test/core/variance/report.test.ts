import type { ReportLanguage } from '../../../core/variance/words';
import { sampleFiles, varianceSample } from './sampleReport';

test.each<[ReportLanguage, string, string[]]>([
	['en', 'ALERT', ['Since the report of 2026-03-30', 'Act on these first', 'What settled it', 'Accepted by']],
	['zh-CN', '预警', ['与 2026-03-30 的报告相比', '优先处理', '如何解决', '接受人']],
])('in %s the state comes first, then what changed and what to do', async (language, state, parts) => {
	const { html } = await sampleFiles(language);
	const places = [state, ...parts].map((text) => html.indexOf(`>${text}`));
	expect(places.every((place) => place > 0)).toBe(true);
	expect(places).toEqual([...places].sort((a, b) => a - b));
});

test('each finding is in the section of its state', async () => {
	const { findings, settled } = varianceSample('en');
	const { html } = await sampleFiles('en');
	const keysOf = (section: string) => {
		const [, rest = ''] = html.split(`id="${section}">`);
		return [
			...(rest.split('</section>')[0] ?? '').matchAll(/data-title="Key"><span class="whole">([^<]*)</g),
		].map(([, key]) => key);
	};
	const keys = (some: Array<{ key: string[] }>) => some.map(({ key }) => key.join(' / '));
	for (const state of ['new', 'stillOpen', 'accepted'])
		expect(keysOf(state)).toEqual(keys(findings.filter((finding) => finding.state === state)));
	expect(keysOf('settled')).toEqual(keys(settled));
});

test('the workbook has summary, differences, settled and accepted; numbers, days and text are what they are', async () => {
	const sample = varianceSample('en');
	const [first, second] = sample.findings.filter(({ state }) => state !== 'accepted');
	if (first === undefined || second === undefined) throw new Error('the sample has no differences');
	first.partner = '=HYPERLINK("http://127.0.0.1/","x")';
	first.atStake = '123456789012.34567891';
	second.atStake = '98765.4321';
	second.partner = 'Control \u0001 character';
	const { workbook } = await sampleFiles('en', { sample });
	const { default: readXlsx } = await import('read-excel-file/node');
	const sheets = await readXlsx(workbook);
	expect(sheets.map(({ sheet }) => sheet)).toEqual(['Summary', 'Differences', 'Settled', 'Accepted']);
	const [, differences = [], settled = [], accepted = []] = sheets.map(({ data }) => data);
	const [headings = [], one = [], two = []] = differences;
	const cell = (row: unknown[], title: string) => row[headings.indexOf(title)];
	expect(cell(one, 'Partner')).toBe('=HYPERLINK("http://127.0.0.1/","x")');
	// More digits than a double keeps.
	expect(cell(one, 'At stake')).toBe('123456789012.34567891');
	expect(cell(two, 'At stake')).toBe(98765.4321);
	expect(cell(two, 'Partner')).toMatch(/^Control .* ?character$/);
	expect(cell(one, 'First date')).toEqual(new Date(`${first.since}T00:00:00Z`));
	expect(differences).toHaveLength(sample.findings.filter(({ state }) => state !== 'accepted').length + 1);
	expect(settled).toHaveLength(sample.settled.length + 1);
	expect(accepted).toHaveLength(sample.findings.filter(({ state }) => state === 'accepted').length + 1);
});
