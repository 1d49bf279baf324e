import { generateLog, type GeneratedLog, type LogLine } from '../../../../bench/insights/generator';
import { accessInsights, type Insights } from '../../../../core/access/insights/insights';
import { insightFiles } from '../../../../core/access/insights/reportThread';
import { explainDoubt, explainSignal } from '../../../../core/access/insights/words';

async function* pieces(lines: readonly LogLine[]) {
	for (let start = 0; start < lines.length; start += 5_000) yield lines.slice(start, start + 5_000);
}
const may = { from: '2026-05-01', to: '2026-05-31', timeZone: 'UTC' };
const ask = async (lines: readonly LogLine[], people: GeneratedLog['people'], more: object = {}) =>
	await accessInsights({ events: pieces(lines), people, ...may, ...more });

let log: GeneratedLog;
let calm: Insights;
beforeAll(async () => {
	log = generateLog(1, { people: 60, abusers: 0 });
	calm = await ask(log.lines, log.people);
}, 60_000);

const probe = (person: string, times: number): LogLine[] =>
	Array.from({ length: times }, (_, index) => ({
		at: Date.parse('2026-05-04T10:00:00Z') + (index % 8) * 86_400_000 + index * 60_000,
		person,
		operation: `treasury.open${index % 12}`,
		resource: `vault/${index}`,
		outcome: 'deny' as const,
		place: 'wuxi',
	}));
const merged = (more: LogLine[]) => [...log.lines, ...more].sort((a, b) => a.at - b.at);
const someone = () => log.people.find(({ leftOn }) => leftOn === undefined)?.id ?? '';

test('a company without misuse gives nobody away', () => {
	expect(calm.people).toEqual([]);
	expect(calm.watched).toBeGreaterThan(45);
	expect(calm.doubts).toEqual([]);
});

test('who tries door after door is named, with the doors as evidence, in words of both languages', async () => {
	const { people, graph, heat } = await ask(merged(probe(someone(), 60)), log.people);
	expect(people.map(({ id }) => id)).toEqual([someone()]);
	const [named] = people;
	const [signal] = named?.signals ?? [];
	expect(signal).toMatchObject({ name: 'deniedAttempts', against: 'company' });
	expect(named?.evidence[0]?.operation).toMatch(/^treasury\.open/);
	expect(
		graph.filter(({ resource }) => resource === 'vault').reduce((sum, { denied }) => sum + denied, 0),
	).toBe(60);
	expect(heat.named.flat().reduce((sum, count) => sum + count, 0)).toBe(named?.events);
	if (signal === undefined) throw new Error('no signal');
	expect(explainSignal(signal, 'en')).toMatch(
		/^Was refused \d+ different things beyond the post, on \d+ days; usual among/,
	);
	expect(explainSignal(signal, 'zh-CN')).toMatch(/^在 \d+ 天内对岗位之外的 \d+ 项/);
});

test('who works after the last day is named by rule, the evening of the last day and refusals aside', async () => {
	const last = '2026-05-08';
	const people = log.people.map((person) => (person.id === someone() ? { ...person, leftOn: last } : person));
	const others = log.lines.filter(
		({ person, at }) => person !== someone() || at < Date.parse(`${last}T23:00:00Z`),
	);
	const later = (outcome: LogLine['outcome']): LogLine => ({
		at: Date.parse('2026-05-20T09:00:00Z'),
		person: someone(),
		operation: 'report.view',
		resource: 'report/1',
		outcome,
		place: 'wuxi',
	});
	const sorted = (line: LogLine) => [...others, line].sort((a, b) => a.at - b.at);
	const named = async (line: LogLine) => (await ask(sorted(line), people)).people.map(({ id }) => id);
	expect(await named(later('permit'))).toEqual([someone()]);
	expect(await named(later('deny'))).toEqual([]);
});

test('a hole, a late beginning, strangers and an empty log are told as doubts', async () => {
	const dayOf = ({ at }: LogLine) => new Date(at).toISOString().slice(0, 10);
	const holed = await ask(
		log.lines.filter((line) => !['2026-05-12', '2026-05-13'].includes(dayOf(line))),
		log.people,
	);
	expect(holed.doubts).toEqual([{ kind: 'silentDays', days: ['2026-05-12', '2026-05-13'] }]);
	const late = await ask(
		log.lines.filter((line) => dayOf(line) >= '2026-05-11'),
		log.people.slice(6),
	);
	expect(late.doubts.map(({ kind }) => kind)).toEqual(['startsLate', 'unknownPeople']);
	const [hole] = holed.doubts;
	if (hole === undefined) throw new Error('no doubt');
	expect(explainDoubt(hole, 'en')).toContain('2026-05-12, 2026-05-13');
	expect((await ask([], log.people)).doubts).toEqual([{ kind: 'emptyLog' }]);
});

test('names from the log stay text in the report, which needs no network and no script', async () => {
	const evil = '<img src=x onerror=alert(1)>"\'&';
	const people = log.people.map((person) => (person.id === someone() ? { ...person, name: evil } : person));
	const lines = probe(someone(), 60).map((line) => ({
		...line,
		operation: `${evil}${line.operation}`,
		resource: `${evil}/1`,
	}));
	const insights = await ask(merged(lines), people, { policyChanges: [{ day: '2026-05-10', text: evil }] });
	for (const language of ['en', 'zh-CN'] as const) {
		const { html, workbook } = await insightFiles(insights, language);
		expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
		expect(html).not.toMatch(/<(img|script|iframe|link)\b/);
		expect(html).toContain(`<html lang="${language}">`);
		expect(workbook.subarray(0, 2).toString()).toBe('PK');
	}
});
