/**
 * `npm test` and `npm run test:peers`: sets up what is missing, runs the suites and ends with one line of totals.
 * Arguments after -- go to jest, for instance a part of a file's path.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attached } from './command.mjs';
import { Failure, run } from './failure.mjs';
import { environmentFor } from './node24.mjs';
import { root } from './paths.mjs';
import { installPeers } from './peers.mjs';
import { setup } from './setup.mjs';

/** Conformance tests wait for answers that never come, end-to-end tests for servers of their own: several files at a time keep two cores busy. */
const own = [
	{ projects: ['unit', 'conformance'], flags: ['--maxWorkers=3'] },
	{ projects: ['e2e'], flags: ['--maxWorkers=2'] },
	{ projects: ['e2e-alone'], flags: ['--runInBand'] },
];
const peers = [
	{ projects: ['peers'], flags: ['--maxWorkers=2'] },
	{ projects: ['peers-alone'], flags: ['--runInBand'] },
];

await run(async () => {
	const [first, ...rest] = process.argv.slice(2);
	const withPeers = first === 'peers';
	const forJest = withPeers ? rest : process.argv.slice(2);
	const node = await setup();
	if (withPeers) await installPeers();
	const total = { passed: 0, failed: 0, skipped: 0 };
	for (const suite of withPeers ? peers : own) {
		const result = await jest(node, suite, forJest);
		for (const kind of Object.keys(total)) total[kind] += result[kind];
	}
	if (total.passed + total.failed + total.skipped === 0) throw new Failure('No test matched.');
	if (total.failed > 0) process.exitCode = 1;
	console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
});

async function jest(node, { projects, flags }, extra) {
	const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-jest-'));
	try {
		const report = join(folder, 'report.json');
		const jestProgram = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
		const args = [jestProgram, '--selectProjects', ...projects, '--json', `--outputFile=${report}`, ...flags];
		if (extra.length > 0) args.push('--passWithNoTests', '--', ...extra);
		const env = environmentFor(node, { NODE_OPTIONS: '--disable-warning=ExperimentalWarning' });
		const code = await attached(node, args, { cwd: root, env });
		const counted = count(JSON.parse(await readFile(report, 'utf8').catch(() => 'null')));
		// A run that ends badly without a failed test is a failure all the same.
		return code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

function count(report) {
	if (report === null) return { passed: 0, failed: 0, skipped: 0 };
	return {
		passed: report.numPassedTests,
		failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
		skipped: report.numPendingTests + report.numTodoTests,
	};
}
