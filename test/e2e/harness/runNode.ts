import { randomUUID } from 'node:crypto';

import { type Execution, itemsOf, type N8nApi } from '../../../sandbox/n8n/api';
import { brokerCredential, sandboxCredential } from '../../../sandbox/n8n/credentials';

type Item = Record<string, unknown>;

export interface NodeStep {
	/** of this package, such as `wms`; another package's with its whole type */
	node: string;
	/** 1 when left out */
	typeVersion?: number;
	parameters: Record<string, unknown>;
	/** beside those of the sandbox and of its broker */
	credentials?: Record<string, { id: string; name: string }>;
}

export interface ManualRun {
	status: Execution['status'];
	/** what the last node put out */
	items: Item[];
	/** the same, by output */
	outputs: Item[][];
	/** names of the files that it put out */
	files: string[];
	/** message of the failed node */
	error?: string;
}

const credentials = {
	[sandboxCredential.type]: { id: sandboxCredential.id, name: sandboxCredential.name },
	[brokerCredential.type]: { id: brokerCredential.id, name: brokerCredential.name },
};

/** Runs nodes one after the other in a workflow of their own, started by hand in the editor. `input` is the first one's item. */
export async function runByHand(api: N8nApi, steps: NodeStep[], input?: Item): Promise<ManualRun> {
	const nodes = [
		{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
		...(input === undefined
			? []
			: [
					{
						name: 'Input',
						type: 'n8n-nodes-base.set',
						typeVersion: 3.4,
						parameters: { mode: 'raw', jsonOutput: JSON.stringify(input), options: {} },
					},
				]),
		...steps.map(({ node, typeVersion = 1, parameters, credentials: own }, index) => ({
			name: `Step ${index + 1}`,
			type: node.includes('.') ? node : `n8n-nodes-erp-bridge.${node}`,
			typeVersion,
			parameters,
			credentials: node.includes('.') ? {} : { ...credentials, ...own },
		})),
	].map((node, index) => ({ ...node, id: randomUUID(), position: [index * 200, 0] }));
	const connections = Object.fromEntries(
		nodes
			.slice(0, -1)
			.map(({ name }, index) => [
				name,
				{ main: [[{ node: nodes[index + 1]?.name, type: 'main', index: 0 }]] },
			]),
	);
	const { id } = await api.importWorkflow({
		name: `By hand ${randomUUID()}`,
		nodes,
		connections,
		settings: { executionOrder: 'v1', saveManualExecutions: true },
	});
	const last = nodes.at(-1)?.name ?? '';
	try {
		const execution = await api.finished(await api.run(id, 'Start'));
		const error = execution.data.resultData.error?.message;
		return {
			status: execution.status,
			items: itemsOf(execution, last),
			outputs: (execution.data.resultData.runData[last] ?? []).flatMap(
				({ data }) => data?.main?.map((items) => (items ?? []).map(({ json }) => json)) ?? [],
			),
			files: (execution.data.resultData.runData[last] ?? []).flatMap(
				({ data }) =>
					data?.main?.flatMap((items) =>
						(items ?? []).flatMap(({ binary = {} }) =>
							Object.values(binary).map(({ fileName }) => fileName ?? ''),
						),
					) ?? [],
			),
			...(error === undefined ? {} : { error }),
		};
	} finally {
		await api.deleteWorkflow(id);
	}
}
