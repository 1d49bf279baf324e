import { generateLog } from '../../../../bench/insights/generator';
import { accessInsights } from '../../../../core/access/insights/insights';
import { insightFiles } from '../../../../core/access/insights/reportThread';
import type { InsightLanguage } from '../../../../core/access/insights/words';

/** Family and given names that occur often, so that the pictures show names that people have. */
const family = ['Wang', 'Li', 'Zhang', 'Chen', 'Weber', 'Novak', 'Garcia', 'Okafor'];
const given = ['Fang', 'Wei', 'Jing', 'Ines', 'Tomas', 'Lucia', 'Ada', 'Min'];

/** The report of a generated company, as the documentation shows it. */
export async function sampleGraph(language: InsightLanguage): Promise<{ html: string; workbook: Buffer }> {
	const log = generateLog(3);
	async function* pieces() {
		for (let start = 0; start < log.lines.length; start += 5_000) yield log.lines.slice(start, start + 5_000);
	}
	const insights = await accessInsights({
		events: pieces(),
		people: log.people.map((person, index) => ({
			...person,
			name: `${given[(index * 5) % given.length] ?? ''} ${family[index % family.length] ?? ''}`,
		})),
		from: '2026-04-01',
		to: '2026-04-30',
		timeZone: 'UTC',
		policyChanges: [{ day: '2026-04-13', text: 'main 4 · ines.weber · exports only by day' }],
	});
	return await insightFiles(insights, language);
}
