import type { Company } from '../../../sandbox/company/company';
import { type Execution, itemsOf, type N8nApi } from '../../../sandbox/n8n/api';
import { formOf, submitForm } from './forms';
import { until } from './until';

type Item = Record<string, unknown>;

/**
 * Calls a workflow from one of its own, as Execute Sub-workflow does. What it returns waits for the answer, which may take
 * a person.
 */
export async function callWorkflow(
	api: N8nApi,
	workflow: string,
	request: Item,
): Promise<() => Promise<Item>> {
	const value = Object.fromEntries(Object.keys(request).map((name) => [name, `={{ $json.${name} }}`]));
	const about = JSON.stringify(request);
	const nodes = [
		{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
		{
			name: 'Request',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: { mode: 'raw', jsonOutput: about, options: {} },
		},
		{
			name: 'Gate',
			type: 'n8n-nodes-base.executeWorkflow',
			typeVersion: 1.2,
			parameters: {
				workflowId: { __rl: true, mode: 'id', value: workflow },
				workflowInputs: { mappingMode: 'defineBelow', value, schema: [] },
				mode: 'each',
				options: { waitForSubWorkflow: true },
			},
		},
	].map((node, index) => ({ ...node, id: `step-${index}`, position: [index * 200, 0] }));
	const { id } = await api.importWorkflow({
		name: `Caller with ${about}`.slice(0, 120),
		nodes,
		connections: {
			Start: { main: [[{ node: 'Request', type: 'main', index: 0 }]] },
			Request: { main: [[{ node: 'Gate', type: 'main', index: 0 }]] },
		},
		settings: { executionOrder: 'v1', saveManualExecutions: true },
	});
	const execution = await api.run(id, 'Start');
	return async () =>
		await until(
			`the answer to ${about}`,
			async () => {
				const { status, data } = await api.execution(execution);
				if (status === 'error' || status === 'crashed')
					throw new Error(data.resultData.error?.message ?? status);
				return status === 'success' ? itemsOf({ data } as Execution, 'Gate')[0] : undefined;
			},
			150_000,
		);
}

/** Mails whose subject names a record, the newest first. */
export function mailsAbout(company: Company, record: string) {
	return company.mailbox.list().filter(({ subject }) => subject.includes(record));
}

/** What an approver does with the newest mail about a record: opens the page behind its link, and sends the decision off. Returns the mail. */
export async function answerMail(company: Company, record: string, approved: boolean) {
	const mail = await until(`the mail about ${record}`, () => mailsAbout(company, record)[0], 60_000);
	const [link = ''] = /https?:\/\/[^\s\])>]+signature=[^\s\])>]+/.exec(mail.text) ?? [];
	await formOf(link);
	const { status } = await submitForm(link, [approved ? 'Approve · 批准' : 'Refuse · 拒绝']);
	if (status !== 200) throw new Error(`n8n answered ${status} to the decision about ${record}.`);
	return mail;
}
