import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { axiosTransport } from '../connectors/http/axiosTransport';
import { SandboxApprovals } from '../connectors/sandbox/approvals/sandboxApprovals';
import { SandboxHr } from '../connectors/sandbox/sandboxHr';
import { mailHandshake } from '../connectors/smtp/handshake';
import type { Diagnosis } from '../core/approvals/finding';
import { diagnoseDocuments, readPicture } from '../core/approvals/gather';
import { random } from '../sandbox/demo/random';
import { distractions, faults, type Fault } from './approvals/faults';
import { manyWaiting } from './approvals/manyWaiting';
import { apiKey, openScene, seededFolder, submit, type Scene } from './approvals/scene';

/**
 * How often the diagnosis names the fault that was made in the sandbox's records: each kind alone, two or three of them together, and orders
 * that merely wait while other things are wrong. The diagnosis sees only what the systems' interfaces say.
 */
async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			seed: { type: 'string', default: '1' },
			single: { type: 'string', default: '3' },
			combined: { type: 'string', default: '80' },
			healthy: { type: 'string', default: '60' },
			documents: { type: 'string', default: '10000' },
			verbose: { type: 'boolean', default: false },
		},
	});
	const chance = random(Number(values.seed));
	const seeded = await seededFolder();
	const wrong: string[] = [];
	const run = async (made: Fault[], noise: typeof distractions): Promise<Diagnosis> => {
		const scene = await openScene(seeded, random(chance.integer(1, 2 ** 31)));
		try {
			for (const one of [...noise, ...made]) await one.before?.(scene);
			await submit(scene);
			for (const one of [...noise, ...made]) await one.after?.(scene);
			return await diagnosisOf(scene);
		} finally {
			await scene.close();
		}
	};
	const names = (some: Array<{ name: string }>) => some.map(({ name }) => name).join(' + ');

	let singleRight = 0;
	const singles = faults.flatMap((fault) => Array.from({ length: Number(values.single) }, () => fault));
	for (const fault of singles) {
		const noise = chance.chance(0.5) ? [chance.pick(harmless(fault))] : [];
		const { rootCause, further } = await run([fault], noise);
		if (rootCause?.code === fault.name && further.length === 0) singleRight += 1;
		else
			wrong.push(
				`${names([fault])}${noise.length > 0 ? ` (${names(noise)})` : ''}: ${said(rootCause, further)}`,
			);
	}

	let combinedRight = 0;
	let others = 0;
	let othersNamed = 0;
	const combinations = Array.from({ length: Number(values.combined) }, () => {
		const parts = [1, 2, 3, 4].filter(() => chance.chance(0.6));
		const wanted = parts.length >= 2 ? parts : [chance.integer(1, 2), chance.integer(3, 4)];
		return wanted.map((part) => chance.pick(faults.filter((fault) => fault.part === part)));
	});
	for (const made of combinations) {
		const { rootCause, further } = await run(made, []);
		const [first, ...rest] = made;
		if (rootCause?.code === first?.name) combinedRight += 1;
		else wrong.push(`${names(made)}: ${said(rootCause, further)}`);
		others += rest.length;
		const unnamed = rest.filter(({ name }) => !further.some(({ code }) => code === name));
		if (unnamed.length > 0 && values.verbose)
			process.stderr.write(
				`not named yet with ${names(made)}: ${names(unnamed)}; ${said(rootCause, further)}\n`,
			);
		othersNamed += rest.filter(({ name }) => further.some(({ code }) => code === name)).length;
	}

	let healthyMiscalled = 0;
	for (let index = 0; index < Number(values.healthy); index += 1) {
		const noise = Array.from({ length: 2 }, () => chance.pick(distractions));
		const { verdict, rootCause, further } = await run([], [...new Set(noise)]);
		if (verdict === 'waits') continue;
		healthyMiscalled += 1;
		wrong.push(`healthy (${names(noise)}): ${said(rootCause, further)}`);
	}

	const many = await manyWaiting(seeded, Number(values.documents));
	rmSync(seeded, { recursive: true, force: true });
	for (const line of wrong) process.stderr.write(`${line}\n`);
	const share = (right: number, of: number) => Math.round((right / of) * 10_000) / 10_000;
	console.log(
		JSON.stringify({
			bench: 'approvals',
			ratios: { requestsForTenTimesTheDocuments: many.ratio },
			figures: {
				singleRight: share(singleRight, singles.length),
				combinedRight: share(combinedRight, combinations.length),
				laterNamedAtOnce: share(othersNamed, others),
				secondsForMany: many.seconds,
			},
			counts: {
				faults: singles.length + combinations.length,
				kinds: faults.length,
				single: singles.length,
				combined: combinations.length,
				healthy: Number(values.healthy),
				healthyMiscalled,
				documents: many.documents,
				requests: many.requests,
				causes: many.causes,
				documentsMiscalled: many.miscalled,
			},
		}),
	);
	if (
		singleRight < singles.length ||
		share(combinedRight, combinations.length) < 0.95 ||
		healthyMiscalled > 0
	)
		process.exitCode = 1;
}

/** Only through the systems' interfaces. */
async function diagnosisOf({ company, order }: Scene): Promise<Diagnosis> {
	const transport = axiosTransport();
	try {
		const { erp, hr } = company.addresses;
		const approvals = new SandboxApprovals({ url: erp, apiKey, transport });
		const { picture } = await readPicture({
			approvals,
			hr: new SandboxHr({ url: hr, apiKey, transport }),
			handshake: async (server) => await mailHandshake(server, 5_000),
			now: new Date().toISOString(),
			mailGraceMs: 0,
		});
		const [diagnosis] = await diagnoseDocuments(await approvals.documents([order]), approvals, picture);
		if (diagnosis === undefined) throw new Error(`Order ${order} does not wait.`);
		return diagnosis;
	} finally {
		transport.close();
	}
}

/** Distractions that do not touch what the fault is made of. */
function harmless({ part }: Fault): typeof distractions {
	return distractions.filter(({ name }) =>
		part === 2
			? /customer|limit|mail to others|branch|step/.test(name)
			: part === 3
				? /customer|limit|branch|step|user is locked/.test(name)
				: /limit is low|somebody else|another user|mail to others/.test(name),
	);
}

function said(rootCause: Diagnosis['rootCause'], further: Diagnosis['further']): string {
	return `${rootCause?.code ?? 'nothing wrong'}${further.length > 0 ? `, further ${further.map(({ code }) => code).join(', ')}` : ''}`;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
