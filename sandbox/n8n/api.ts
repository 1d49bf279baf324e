import axios, { type AxiosInstance, type Method } from 'axios';
import { setTimeout as pause } from 'node:timers/promises';

/** The first user of an n8n, who may do everything. */
export interface Owner {
	email: string;
	password: string;
	firstName: string;
	lastName: string;
}

/** A workflow as n8n exports it; templates are files of this shape. */
export interface WorkflowTemplate {
	id?: string;
	name: string;
	nodes: Array<{ name: string; type: string; [field: string]: unknown }>;
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
	[field: string]: unknown;
}

export interface Workflow extends WorkflowTemplate {
	id: string;
	versionId: string;
	activeVersionId: string | null;
}

export interface CredentialInput {
	id?: string;
	name: string;
	type: string;
	data: Record<string, unknown>;
}

export type ExecutionStatus =
	| 'new'
	| 'running'
	| 'success'
	| 'error'
	| 'canceled'
	| 'crashed'
	| 'waiting'
	| 'unknown';

export interface ExecutionSummary {
	id: string;
	workflowId: string;
	status: ExecutionStatus;
	mode: string;
	startedAt: string | null;
	stoppedAt: string | null;
}

interface NodeRun {
	data?: {
		main?: Array<Array<{
			json: Record<string, unknown>;
			binary?: Record<string, { fileName?: string }>;
		}> | null>;
	};
	error?: { message: string; description?: string };
	executionTime?: number;
}

export interface Execution extends ExecutionSummary {
	data: { resultData: { runData: Record<string, NodeRun[]>; error?: { message: string } } };
}

/** The items that a node put out in an execution, over all its outputs and runs. */
export function itemsOf(execution: Execution, node: string): Array<Record<string, unknown>> {
	const runs = execution.data.resultData.runData[node] ?? [];
	return runs.flatMap((run) =>
		(run.data?.main ?? []).flatMap((items) => (items ?? []).map(({ json }) => json)),
	);
}

interface PublicationStatus {
	status: 'in_progress' | 'not_published' | 'published' | 'partial' | 'failed';
	liveVersionId: string | null;
	triggers: Array<{ nodeId: string; status: string; errorMessage?: string | null }>;
}

/** What one does in n8n's editor, over the same REST calls that the editor makes. */
export class N8nApi {
	private readonly http: AxiosInstance;
	private apiKey: string | undefined;

	constructor(readonly url: string) {
		this.http = axios.create({ baseURL: url, validateStatus: () => true, proxy: false, timeout: 120_000 });
	}

	/** Signs in as the owner; makes the owner first when this n8n has none. */
	async signIn(owner: Owner): Promise<void> {
		const { email, password } = owner;
		const login = await this.http.post<unknown>('/rest/login', { emailOrLdapLoginId: email, password });
		const answer = login.status === 200 ? login : await this.http.post<unknown>('/rest/owner/setup', owner);
		if (answer.status !== 200)
			throw new Error(
				`n8n at ${this.url} accepts neither the sign-in nor the set-up of owner ${email}: ${explanation(answer.data)}.`,
			);
		const cookies = answer.headers['set-cookie'] ?? [];
		this.http.defaults.headers.common['Cookie'] = cookies.map((cookie) => cookie.split(';')[0]).join('; ');
	}

	async credentials(): Promise<Array<{ id: string; name: string; type: string }>> {
		return await this.call('GET', '/rest/credentials');
	}

	/** Creates a credential and returns its id, which n8n chooses. */
	async createCredential({ name, type, data }: CredentialInput): Promise<string> {
		const { id } = await this.call<{ id: string }>('POST', '/rest/credentials', { name, type, data });
		return id;
	}

	/** Changes what an existing credential, found by its id, holds. */
	async setCredential({ id, name, type, data }: CredentialInput & { id: string }): Promise<void> {
		await this.call('PATCH', `/rest/credentials/${id}`, { name, type, data });
	}

	/** Adds a workflow from a template as it stands; refused when its id is taken. Returns the workflow with its id. */
	async importWorkflow(template: WorkflowTemplate): Promise<Workflow> {
		return await this.call('POST', '/rest/workflows', template);
	}

	async workflow(id: string): Promise<Workflow> {
		return await this.call('GET', `/rest/workflows/${id}`);
	}

	async workflows(): Promise<Array<{ id: string; name: string; activeVersionId: string | null }>> {
		return await this.call('GET', '/rest/workflows');
	}

	/** Saves changed nodes, connections or settings as a new draft version. */
	async updateWorkflow(id: string, change: Partial<WorkflowTemplate>): Promise<Workflow> {
		return await this.call('PATCH', `/rest/workflows/${id}`, change);
	}

	/** Publishes the newest version of a workflow and waits until its triggers run. */
	async publish(id: string): Promise<void> {
		const { versionId, name } = await this.workflow(id);
		await this.call('POST', `/rest/workflows/${id}/activate`, { versionId });
		for (const until = Date.now() + 60_000; ; await pause(50)) {
			const { status, liveVersionId, triggers } = await this.publicationStatus(id);
			if (status === 'published' && liveVersionId === versionId) return;
			if (status === 'failed' || status === 'partial') {
				const reasons = triggers.map(({ errorMessage }) => errorMessage).filter(Boolean);
				throw new Error(`n8n could not publish workflow "${name}": ${reasons.join('; ') || status}.`);
			}
			if (Date.now() > until)
				throw new Error(`Workflow "${name}" was not published within 60 s; its publication is ${status}.`);
		}
	}

	async publicationStatus(id: string): Promise<PublicationStatus> {
		return await this.call('GET', `/rest/workflows/${id}/publication-status`);
	}

	/** Stops a workflow's triggers and waits until they have closed. */
	async unpublish(id: string): Promise<void> {
		await this.call('POST', `/rest/workflows/${id}/deactivate`, {});
		for (const until = Date.now() + 60_000; ; await pause(50)) {
			if ((await this.publicationStatus(id)).status === 'not_published') return;
			if (Date.now() > until) throw new Error(`Workflow ${id} was not unpublished within 60 s.`);
		}
	}

	async deleteWorkflow(id: string): Promise<void> {
		await this.call('POST', `/rest/workflows/${id}/archive`, {});
		await this.call('DELETE', `/rest/workflows/${id}`);
	}

	/** Starts the draft version by hand from the named trigger node (the first trigger if none is named); returns the execution's id. */
	async run(id: string, trigger?: string): Promise<string> {
		const { nodes, name } = await this.workflow(id);
		const start = trigger ?? nodes.find(({ type }) => /trigger$/i.test(type))?.name;
		if (!start) throw new Error(`Workflow "${name}" has no trigger node to start from.`);
		const started = await this.call<{ executionId?: string }>('POST', `/rest/workflows/${id}/run`, {
			triggerToStartFrom: { name: start },
		});
		if (!started.executionId)
			throw new Error(`n8n did not start workflow "${name}" from "${start}": ${JSON.stringify(started)}.`);
		return started.executionId;
	}

	/** The newest executions first, at most 100. */
	async executions(
		filter: { workflowId?: string; status?: ExecutionStatus[] } = {},
	): Promise<ExecutionSummary[]> {
		const { results } = await this.call<{ results: ExecutionSummary[] }>(
			'GET',
			`/rest/executions?limit=100&filter=${encodeURIComponent(JSON.stringify(filter))}`,
		);
		return results;
	}

	/** One execution with the data of each node's runs. */
	async execution(id: string): Promise<Execution> {
		const key = await this.publicApiKey();
		const answer = await this.http.get<Execution>(`/api/v1/executions/${id}?includeData=true`, {
			headers: { 'X-N8N-API-KEY': key },
		});
		if (answer.status !== 200) throw new Error(`n8n has no execution ${id}: ${explanation(answer.data)}.`);
		return { ...answer.data, id: String(answer.data.id) };
	}

	/** Waits until an execution has ended, well or badly. */
	async finished(id: string, timeoutMs = 60_000): Promise<Execution> {
		for (const until = Date.now() + timeoutMs; ; await pause(100)) {
			const execution = await this.execution(id);
			if (!['new', 'running', 'unknown'].includes(execution.status)) return execution;
			if (Date.now() > until)
				throw new Error(`Execution ${id} is still ${execution.status} after ${timeoutMs / 1000} s.`);
		}
	}

	/** Waits for an execution of a workflow that satisfies `wanted`, looking at the newest 100. */
	async executionWhere(
		workflowId: string,
		wanted: (execution: ExecutionSummary) => boolean,
		timeoutMs = 60_000,
	): Promise<Execution> {
		for (const until = Date.now() + timeoutMs; ; await pause(100)) {
			const found = (await this.executions({ workflowId })).find(wanted);
			if (found) return await this.execution(found.id);
			if (Date.now() > until)
				throw new Error(`No matching execution of workflow ${workflowId} within ${timeoutMs / 1000} s.`);
		}
	}

	/** Any other call of n8n's internal REST interface; resolves to the answer's data. */
	async call<T>(method: Method, path: string, body?: unknown): Promise<T> {
		const answer = await this.http.request<{ data?: unknown }>({ method, url: path, data: body });
		if (answer.status >= 400)
			throw new Error(`n8n refused ${method} ${path} (${answer.status}): ${explanation(answer.data)}.`);
		return (
			answer.data && typeof answer.data === 'object' && 'data' in answer.data ? answer.data.data : answer.data
		) as T;
	}

	private async publicApiKey(): Promise<string> {
		this.apiKey ??= (
			await this.call<{ rawApiKey: string }>('POST', '/rest/api-keys', {
				label: `reader ${Date.now()}`,
				scopes: ['execution:read', 'execution:list'],
				expiresAt: null,
			})
		).rawApiKey;
		return this.apiKey;
	}
}

function explanation(answer: unknown): string {
	const message = answer && typeof answer === 'object' && 'message' in answer ? answer.message : answer;
	return typeof message === 'string' ? message.replace(/\.$/, '') : JSON.stringify(message);
}
