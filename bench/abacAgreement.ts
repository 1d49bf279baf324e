import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

import type { AgreementResult } from './abac/agreement';

/**
 * The compiled engine and cedar-wasm on a million generated requests, each decided by both on a set of generated policies. Parts of it run
 * beside each other, each with a seed of its own; the seeds follow from the first, so that a run can be repeated.
 */
async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			requests: { type: 'string', default: '1000000' },
			seed: { type: 'string', default: '1' },
			parts: { type: 'string', default: '10' },
			beside: { type: 'string', default: '2' },
		},
	});
	const parts = Number(values.parts);
	const waiting = Array.from({ length: parts }, (_, part) => Number(values.seed) + part);
	const results: AgreementResult[] = [];
	const worker = async () => {
		for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
			const result = await compared(seed, Math.ceil(Number(values.requests) / parts));
			results.push(result);
			process.stderr.write(`${JSON.stringify(result)}\n`);
		}
	};
	await Promise.all(Array.from({ length: Number(values.beside) }, worker));
	const sum = (of: (result: AgreementResult) => number) =>
		results.reduce((total, result) => total + of(result), 0);
	const counts = {
		requests: sum(({ requests }) => requests),
		policySets: sum(({ policySets }) => policySets),
		permitted: sum(({ permitted }) => permitted),
		denied: sum(({ denied }) => denied),
		refused: sum(({ refused }) => refused),
		policiesThatErred: sum(({ errors }) => errors),
		disagreements: sum(({ disagreements }) => disagreements),
	};
	const figures = { seconds: Math.round(sum(({ seconds }) => seconds) / Number(values.beside)) };
	console.log(JSON.stringify({ bench: 'abacAgreement', ratios: {}, figures, counts }));
	if (counts.disagreements > 0) process.exitCode = 1;
}

async function compared(seed: number, requests: number): Promise<AgreementResult> {
	const { stdout, stderr } = await promisify(execFile)(process.execPath, [
		...process.execArgv,
		join(__dirname, 'abac', 'agreement.ts'),
		'--seed',
		String(seed),
		'--requests',
		String(requests),
	]);
	process.stderr.write(stderr);
	return JSON.parse(stdout) as AgreementResult;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
