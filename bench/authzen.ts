import { mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import axios from 'axios';

import { startCompany } from '../sandbox/company/company';
import { credentialsFor, decisionPointCredential } from '../sandbox/n8n/credentials';
import { N8nHost } from '../test/e2e/harness/host';
import { apiKey, template } from '../test/e2e/harness/orderPath';
import { until } from '../test/e2e/harness/until';
import { median } from './sync/measurement';

/**
 * The template AuthZEN decision point on a real n8n, with the sandbox company as HR system and every decision logged, beside
 * n8n's own Webhook answered by its own Respond to Webhook, with the same sign-in, in the same n8n. The sides take short turns,
 * so that what other programs do to the machine meets all alike.
 */
async function main(): Promise<void> {
	const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
	const [turns, requests] = values.quick ? [2, 60] : [6, 200];
	const loadBefore = loadavg()[0] ?? 0;
	const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-bench-authzen-'));
	const company = await startCompany({
		folder,
		apiKey,
		page: false,
		erp: { publish: false },
		wms: { publish: false },
	});
	const host = await N8nHost.start();
	try {
		await publish(host, company.addresses);
		const measured = new Map<SideName, Turn[]>(sideNames.map((name) => [name, []]));
		for (const name of sideNames) await turn(host, name, 40);
		for (let time = 0; time < turns; time += 1)
			for (const name of sideNames) measured.get(name)?.push(await turn(host, name, requests));
		for (const [name, taken] of measured)
			process.stderr.write(
				`${name}: ${taken.map(({ perSecond }) => perSecond.toFixed(0)).join(', ')} requests/s\n`,
			);
		process.stderr.write(
			`Load of the machine before and after: ${loadBefore.toFixed(1)}, ${(loadavg()[0] ?? 0).toFixed(1)}\n`,
		);
		console.log(JSON.stringify(results(measured)));
	} finally {
		await host.close();
		await company.close();
		await rm(folder, { recursive: true, force: true });
	}
}

/** Requests under way at a time where a side is loaded; `alone`: one after the other. */
const atOnce = 8;
const inBatch = 100;
const sideNames = ['bare', 'single', 'batch', 'bareAlone', 'singleAlone'] as const;
type SideName = (typeof sideNames)[number];

const barePath = 'bench-bare';
const change = {
	action: { name: 'supplier.changePaymentTerms' },
	resource: { type: 'Supplier', id: 'S-2001' },
};
/** A head of department of rank 7, and a buyer; the sample policy permits it to the first. */
const people = [
	{ id: 'E1007', decision: true },
	{ id: 'E1043', decision: false },
] as const;
const personOf = (index: number) => people[index % people.length] ?? people[0];
const asks = (index: number) => ({ subject: { type: 'user', id: personOf(index).id }, ...change });

interface Request {
	path: string;
	body: object;
	/** how many decisions the answer has wrong; 1 when it is no answer */
	wrong(answer: unknown): number;
	decisions: number;
}

function requestOf(side: SideName, index: number): Request {
	if (side === 'bare' || side === 'bareAlone')
		return {
			path: barePath,
			body: asks(index),
			wrong: (answer) => ((answer as { decision?: unknown }).decision === true ? 0 : 1),
			decisions: 0,
		};
	if (side === 'batch') {
		const evaluations = Array.from({ length: inBatch }, (_, one) => ({ subject: asks(one).subject }));
		return {
			path: 'access/v1/evaluations',
			body: { ...change, evaluations },
			wrong: (answer) => {
				const given = (answer as { evaluations?: Array<{ decision: boolean }> }).evaluations ?? [];
				return evaluations.filter((_, one) => given[one]?.decision !== personOf(one).decision).length;
			},
			decisions: inBatch,
		};
	}
	return {
		path: 'access/v1/evaluation',
		body: asks(index),
		wrong: (answer) => ((answer as { decision?: unknown }).decision === personOf(index).decision ? 0 : 1),
		decisions: 1,
	};
}

interface Turn {
	perSecond: number;
	decisionsPerSecond: number;
	/** milliseconds of each request */
	times: number[];
	wrong: number;
	failed: number;
}

async function turn(host: N8nHost, side: SideName, total: number): Promise<Turn> {
	const isAlone = side.endsWith('Alone');
	const count = side === 'batch' || isAlone ? Math.ceil(total / 4) : total;
	const httpAgent = new Agent({ keepAlive: true });
	const result: Turn = { perSecond: 0, decisionsPerSecond: 0, times: [], wrong: 0, failed: 0 };
	let next = 0;
	let decisions = 0;
	const began = performance.now();
	const ask = async () => {
		while (next < count) {
			const { path, body, wrong, decisions: its } = requestOf(side, (next += 1));
			const asked = performance.now();
			try {
				const { data } = await axios.post<unknown>(`${host.n8n.url}/webhook/${path}`, body, {
					headers: { authorization: `Bearer ${apiKey}` },
					httpAgent,
					proxy: false,
				});
				result.wrong += wrong(data);
				decisions += its;
			} catch {
				result.failed += 1;
			}
			result.times.push(performance.now() - asked);
		}
	};
	await Promise.all(Array.from({ length: isAlone ? 1 : atOnce }, ask));
	const seconds = (performance.now() - began) / 1_000;
	httpAgent.destroy();
	return { ...result, perSecond: count / seconds, decisionsPerSecond: decisions / seconds };
}

async function publish(host: N8nHost, addresses: Parameters<typeof credentialsFor>[0]): Promise<void> {
	const { api } = host;
	for (const credential of credentialsFor(addresses, apiKey)) await api.setCredential(credential);
	const point = await template('authzen-decision-point/authzen-decision-point.json');
	await api.publish((await api.importWorkflow(point)).id);
	const node = (name: string, type: string, typeVersion: number, parameters: object, more: object = {}) => ({
		id: `bare-${name}`,
		name,
		type: `n8n-nodes-base.${type}`,
		typeVersion,
		position: [0, 0],
		parameters,
		...more,
	});
	const bare = await api.importWorkflow({
		name: 'Bare webhook',
		nodes: [
			node(
				'Webhook',
				'webhook',
				2,
				{
					httpMethod: 'POST',
					path: barePath,
					authentication: 'headerAuth',
					responseMode: 'responseNode',
					options: {},
				},
				{
					webhookId: barePath,
					credentials: {
						httpHeaderAuth: { id: decisionPointCredential.id, name: decisionPointCredential.name },
					},
				},
			),
			node('Respond', 'respondToWebhook', 1.1, {
				respondWith: 'json',
				responseBody: '{ "decision": true }',
				options: {},
			}),
		],
		connections: { Webhook: { main: [[{ node: 'Respond', type: 'main', index: 0 }]] } },
		settings: point.settings ?? { executionOrder: 'v1' },
	});
	await api.publish(bare.id);
	await until('the sample policies', async () => {
		const { wrong, failed } = await turn(host, 'single', 2);
		return wrong === 0 && failed === 0;
	});
}

function results(measured: Map<SideName, Turn[]>): object {
	const of = (side: SideName) => {
		const taken = measured.get(side) ?? [];
		const times = taken.flatMap((one) => one.times).toSorted((a, b) => a - b);
		const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
		return {
			perSecond: median(taken.map((one) => one.perSecond)),
			decisionsPerSecond: median(taken.map((one) => one.decisionsPerSecond)),
			p50: at(0.5),
			p99: at(0.99),
		};
	};
	const [bare, single, batch] = [of('bare'), of('single'), of('batch')];
	const [bareAlone, singleAlone] = [of('bareAlone'), of('singleAlone')];
	const all = [...measured.values()].flat();
	const sum = (field: 'wrong' | 'failed') => all.reduce((total, one) => total + one[field], 0);
	return {
		bench: 'authzen',
		ratios: {
			// Requests a second of the decision point for one of the bare webhook.
			singleToBare: round(single.perSecond / bare.perSecond),
			singleP99ToBare: round(single.p99 / bare.p99),
			singleAloneP99ToBareAlone: round(singleAlone.p99 / bareAlone.p99),
			// Decisions a second for one request a second of the bare webhook.
			batchDecisionsToBare: round(batch.decisionsPerSecond / bare.perSecond),
		},
		figures: {
			bareRequestsPerSecond: round(bare.perSecond),
			bareP50Ms: round(bare.p50),
			bareP99Ms: round(bare.p99),
			singleDecisionsPerSecond: round(single.decisionsPerSecond),
			singleP50Ms: round(single.p50),
			singleP99Ms: round(single.p99),
			batchDecisionsPerSecond: round(batch.decisionsPerSecond),
			batchP50Ms: round(batch.p50),
			batchP99Ms: round(batch.p99),
			bareAloneP50Ms: round(bareAlone.p50),
			bareAloneP99Ms: round(bareAlone.p99),
			singleAloneP50Ms: round(singleAlone.p50),
			singleAloneP99Ms: round(singleAlone.p99),
		},
		counts: {
			requestsAtOnce: atOnce,
			decisionsInBatch: inBatch,
			requests: all.reduce((total, one) => total + one.times.length, 0),
			wrong: sum('wrong'),
			failed: sum('failed'),
		},
	};
}

function round(value: number): number {
	return Number(value.toFixed(2));
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
