import { generateLog, type GeneratedLog, type LogLine } from '../../../bench/insights/generator';
import { watched } from '../../../core/access/insights/accessEvent';
import { accessInsights, type Insights } from '../../../core/access/insights/insights';
import { insightsReport } from '../../../core/access/insights/report';
import { insightFiles } from '../../../core/access/insights/reportThread';
import { explainDoubt, explainSignal } from '../../../core/access/insights/words';

async function* pieces(lines: readonly LogLine[]) {
	for (let start = 0; start < lines.length; start += 5_000) yield lines.slice(start, start + 5_000);
}
const may = { from: '2026-05-01', to: '2026-05-31', timeZone: 'UTC' };
const ask = async (lines: readonly LogLine[], people: GeneratedLog['people'], more: object = {}) =>
	await accessInsights({ events: pieces(lines), people, ...may, ...more });

let log: GeneratedLog;
let calm: Insights;
beforeAll(async () => {
	const whole = generateLog(1, { people: 60, abusers: 0 });
	log = { ...whole, lines: whole.lines.filter(({ at }) => at >= Date.parse('2026-04-01T00:00:00Z')) };
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
	const [gone, refused] = log.people.filter(({ leftOn }) => leftOn === undefined).map(({ id }) => id);
	const left = new Set([gone, refused]);
	const people = log.people.map((person) => (left.has(person.id) ? { ...person, leftOn: last } : person));
	const others = log.lines.filter(
		({ person, at }) => !left.has(person) || at < Date.parse(`${last}T23:00:00Z`),
	);
	const later = (person = '', outcome: LogLine['outcome']): LogLine => ({
		at: Date.parse('2026-05-20T09:00:00Z'),
		person,
		operation: 'report.view',
		resource: 'report/1',
		outcome,
		place: 'wuxi',
	});
	const lines = [...others, later(gone, 'permit'), later(refused, 'deny')].sort((a, b) => a.at - b.at);
	const insights = await ask(lines, people);
	expect(insights.people.map(({ id, signals }) => [id, signals.map(({ name }) => name)])).toEqual([
		[gone, ['afterLeaving']],
	]);
});

test('whoever HR shows at work is not taken for a leaver by a last day of earlier', () => {
	const back = { key: 'E1', name: '王芳', department: 'PUR', leftOn: '2026-03-31' };
	expect(watched({ ...back, state: 'active' })).toEqual({ id: 'E1', name: '王芳', peerGroup: 'PUR' });
	expect(watched({ ...back, state: 'left' })).toMatchObject({ leftOn: '2026-03-31' });
});

test('in a post with night shifts bulk exports at night are strange of whoever works by day, and of nobody else', async () => {
	const crew = Array.from({ length: 30 }, (_, index) => ({ id: `W${index}`, peerGroup: 'operator' }));
	const weekdays = Array.from(
		{ length: 61 },
		(_, day) => Date.parse('2026-04-01T00:00:00Z') + day * 86_400_000,
	).filter((day) => ![0, 6].includes(new Date(day).getUTCDay()));
	const line = (person: string, at: number, operation: string): LogLine => ({
		at,
		person,
		operation,
		resource: 'batch/1',
		outcome: 'permit',
		place: 'wuxi',
	});
	const nights = [0, 1, 2, 3, 4, 5, 22, 23];
	const byDay = [8, 9, 10, 11, 12, 13, 14, 15];
	const work = crew.flatMap(({ id }, index) =>
		weekdays.flatMap((day) =>
			(index < 15 ? byDay : nights).map((hour) => line(id, day + hour * 3_600_000, 'batch.view')),
		),
	);
	const exports = ['W1', 'W20'].flatMap((id) =>
		weekdays
			.slice(-6)
			.flatMap((day) =>
				Array.from({ length: 12 }, (_, index) =>
					line(id, day + 2 * 3_600_000 + index * 60_000, 'batch.export'),
				),
			),
	);
	const { people } = await ask(
		[...work, ...exports].sort((one, other) => one.at - other.at),
		crew,
	);
	expect(people.map(({ id, signals }) => [id, signals.map(({ name, count }) => [name, count])])).toEqual([
		['W1', [['exportsAtUnusualHours', 72]]],
	]);
});

test('holes of days and of hours, a late beginning, strangers and an empty log are told as doubts', async () => {
	const hourOf = ({ at }: LogLine) => new Date(at).toISOString().slice(0, 13);
	const isLost = (hour: string) =>
		hour.startsWith('2026-05-12') || (hour >= '2026-05-20T10' && hour < '2026-05-20T14');
	const holed = await ask(
		log.lines.filter((line) => !isLost(hourOf(line))),
		log.people.slice(6),
	);
	expect(holed.doubts).toEqual([
		{ kind: 'silentDays', days: ['2026-05-12'] },
		{ kind: 'silentHours', gaps: ['2026-05-20 10:00–14:00'] },
		expect.objectContaining({ kind: 'unknownPeople', count: 6 }),
	]);
	const late = await ask(
		log.lines.filter((line) => hourOf(line) >= '2026-05-20'),
		log.people,
	);
	expect(late.doubts).toEqual([{ kind: 'startsLate', day: '2026-05-20' }]);
	const said = holed.doubts.map((doubt) => explainDoubt(doubt, 'en')).join(' ');
	expect(said).toContain('nothing at all on 2026-05-12');
	expect(said).toContain('nothing on 2026-05-20 10:00–14:00');
	expect((await ask([], log.people)).doubts).toEqual([{ kind: 'emptyLog' }]);
});

test('an analysis that is cancelled says which, and what was kept', async () => {
	await expect(ask(log.lines, log.people, { signal: AbortSignal.abort() })).rejects.toThrow(
		'The behaviour graph of 2026-05-01 to 2026-05-31 was cancelled. Nothing was reported.',
	);
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
	const { html: chinese, workbook } = await insightFiles(insights, 'zh-CN');
	const pages = { en: await insightsReport(insights, 'en'), 'zh-CN': chinese };
	for (const [language, html] of Object.entries(pages)) {
		expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
		expect(html).not.toMatch(/<(img|script|iframe|link)\b/);
		expect(html).toContain(`<html lang="${language}">`);
	}
	expect(workbook.subarray(0, 2).toString()).toBe('PK');
});

test('what begins like a formula is text in the workbook', async () => {
	const formulas = ['=HYPERLINK("http://127.0.0.1/","x")', '+1+1', '-1+1', '@SUM(A1)'];
	const [name = '', operation = '', resource = '', change = ''] = formulas;
	const people = log.people.map((person) => (person.id === someone() ? { ...person, name } : person));
	const lines = probe(someone(), 60).map((line, index) => ({
		...line,
		operation: `${operation}${index % 12}`,
		resource: `${resource}${index}`,
	}));
	const insights = await ask(merged(lines), people, { policyChanges: [{ day: '2026-05-10', text: change }] });
	const { workbook } = await insightFiles(insights, 'en');
	const { default: readXlsx } = await import('read-excel-file/node');
	const sheets = await readXlsx(workbook);
	const cells = sheets.flatMap(({ data }) => data.flat());
	expect(cells).toEqual(expect.arrayContaining([name, `${operation}0`, `${resource}0`, change]));
});
