import { parseArgs } from 'node:util';

import { sides } from './engines';
import { questionsOf, rulesOf } from './workload';

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
			questions: { type: 'string', default: '1000' },
			seconds: { type: 'string', default: '1' },
		},
	});
	const policies = Number(values.policies);
	const make = sides[values.engine];
	if (make === undefined) throw new Error(`There is no engine ${values.engine}.`);
	const loading = performance.now();
	const side = await make(rulesOf(policies));
	const loadSeconds = (performance.now() - loading) / 1000;
	const prepared = questionsOf(policies, Number(values.questions)).map(
		(question) => side.prepare(question) as never,
	);
	const verdicts = prepared.map((question) => (side.permits(question) ? 'y' : 'n')).join('');
	const milliseconds = Number(values.seconds) * 1000;
	askedFor(side, prepared, milliseconds / 2);
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
	while (now - start < milliseconds) {
		// The clock is not looked at for every question.
		for (let burst = 0; burst < BURST; burst += 1) {
			side.permits(questions[asked % questions.length] as never);
			asked += 1;
		}
		now = spent();
	}
	return asked / ((now - start) / 1000);
}

function spent(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
}

const BURST = 20;

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
