import { parseArgs } from 'node:util';

import { sides } from './engines';
import { cedarRequest, questionsOf, rulesOf } from './workload';

export interface SideResult {
	perSecond: number;
	/** of the questions that all sides are asked: y and n */
	verdicts: string;
	loadSeconds: number;
	memoryMb: number;
}

/** One engine with so many policies, asked the same questions over and over for so long; its result is the only line printed. */
async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			engine: { type: 'string', default: 'ours' },
			policies: { type: 'string', default: '10' },
			asked: { type: 'string' },
			questions: { type: 'string', default: '200' },
			seconds: { type: 'string', default: '1' },
		},
	});
	const policies = Number(values.policies);
	const make = sides[values.engine];
	if (make === undefined) throw new Error(`There is no engine ${values.engine}.`);
	const loading = performance.now();
	const side = await make(rulesOf(policies));
	const loadSeconds = (performance.now() - loading) / 1000;
	const prepared = questionsOf(Number(values.asked ?? policies), Number(values.questions)).map(
		(question) => side.prepare(cedarRequest(question)) as never,
	);
	const verdicts = prepared.map((question) => (side.permits(question) ? 'y' : 'n')).join('');
	const milliseconds = Number(values.seconds) * 1000;
	askedFor(side, prepared, milliseconds);
	const result: SideResult = {
		perSecond: askedFor(side, prepared, milliseconds),
		verdicts,
		loadSeconds,
		memoryMb: process.memoryUsage().rss / 2 ** 20,
	};
	console.log(JSON.stringify(result));
}

/** Questions a second of the processor's time: what other programs do meanwhile does not count. */
function askedFor(
	side: { permits(prepared: never): boolean },
	questions: readonly never[],
	milliseconds: number,
): number {
	const start = spent();
	let asked = 0;
	let now = start;
	let burst = 1;
	while (now - start < milliseconds) {
		// The clock is looked at seldom: as often as the engine is slow.
		for (let left = burst; left > 0; left -= 1) {
			side.permits(questions[asked % questions.length] as never);
			asked += 1;
		}
		const before = now;
		now = spent();
		if (now - before < milliseconds / 100) burst *= 2;
	}
	return asked / ((now - start) / 1000);
}

function spent(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
