import { z } from 'zod/v4';

import {
	ApprovalDocument,
	ApprovalFlow,
	ApprovalNotification,
	ApprovalPosition,
	ApprovalTask,
	ApprovalUser,
	ApproverLimit,
	MailRoute,
	PositionBinding,
	PositionMapping,
	SpecialPartner,
	SyncRun,
	type ApprovalAuthorisations,
	type ApprovalOrganisation,
} from '../../../core/model/approval';
import type { Employee } from '../../../core/model/employee';
import type { Position } from '../../../core/model/organisation';
import type {
	ApprovalChanges,
	ApprovalSystem,
	Deputy,
	OrganisationTarget,
	WaitingQuery,
} from '../../../core/ports/approvalSystem';
import { NotFoundError, UnavailableError } from '../../../core/ports/errors';
import { chunksOf, SandboxService, type SandboxOptions } from '../service';

const pageSize = 1_000;

const Own = z.looseObject({ id: z.string() });
type Own = z.infer<typeof Own>;
const Page = z.object({ records: z.array(Own) });

/** The approvals of the sandbox's ERP, in its own words on the wire. */
export class SandboxApprovals implements ApprovalSystem, ApprovalChanges, OrganisationTarget {
	readonly system: string;
	private readonly service: SandboxService;

	constructor(options: SandboxOptions) {
		this.system = options.system ?? 'sandbox-erp';
		this.service = new SandboxService(this.system, options);
	}

	async flows(): Promise<ApprovalFlow[]> {
		return (await this.all('flows')).map(flowOf);
	}

	async *waiting({ before }: WaitingQuery = {}): AsyncIterable<ApprovalDocument[]> {
		for await (const page of this.pages('documents', { status: 'waiting' })) {
			const documents = page.map(documentOf);
			yield before === undefined ? documents : documents.filter(({ waitingSince }) => waitingSince < before);
		}
	}

	async documents(keys: string[]): Promise<ApprovalDocument[]> {
		const found = await this.search('documents', { ids: keys });
		return found.filter(({ status }) => status === 'waiting').map(documentOf);
	}

	async tasks(documents: string[]): Promise<ApprovalTask[]> {
		const found = await this.search('tasks', { documents });
		return found.map(({ id, status, ...task }) => ApprovalTask.parse({ ...task, key: id, state: status }));
	}

	async notifications(documents: string[]): Promise<ApprovalNotification[]> {
		const found = await this.search('messages', { documents });
		return found.map(({ id, status, ...message }) =>
			ApprovalNotification.parse({ ...message, key: id, state: status }),
		);
	}

	async organisation(): Promise<ApprovalOrganisation> {
		const [positions, users, bindings, mappings, runs, settings] = await Promise.all([
			this.all('positions'),
			this.all('users'),
			this.all('bindings'),
			this.all('mappings'),
			this.all('runs'),
			this.settings(),
		]);
		return {
			positions: positions.map(({ id, name, open }) =>
				ApprovalPosition.parse({ key: id, name, state: open === true ? 'active' : 'closed' }),
			),
			users: users.map(userOf),
			bindings: bindings.map(bindingOf),
			sync: {
				state: settings.hrInterface ?? 'on',
				mappings: mappings.map(({ id, position }) => PositionMapping.parse({ hr: id, position })),
				runs: runs.map(runOf).reverse(),
			},
		};
	}

	async authorisations(): Promise<ApprovalAuthorisations> {
		const [customers, limits, settings] = await Promise.all([
			this.all('specialCustomers'),
			this.all('limits'),
			this.settings(),
		]);
		return {
			specialPartners: customers.map(({ id, ...customer }) =>
				SpecialPartner.parse({ ...customer, partner: id }),
			),
			limits: limits.map(({ id: _id, ...limit }) => ApproverLimit.parse(limit)),
			submitterExcluded: settings.submitterExcluded ?? false,
		};
	}

	async mailRoute(): Promise<MailRoute | undefined> {
		const { mailHost, mailPort, mailQueue } = await this.settings();
		if (mailHost === undefined || mailPort === undefined) return undefined;
		return MailRoute.parse({ host: mailHost, port: mailPort, queue: mailQueue });
	}

	async bindDeputy(deputy: Deputy): Promise<PositionBinding> {
		const key = `${deputy.position}/${deputy.user}`;
		const about = { entity: 'positionBinding', key };
		await this.service.call(Own, { method: 'POST', path: '/api/approvals/deputies', body: deputy }, about);
		const [kept] = await this.search('bindings', { ids: [key] });
		const binding = kept && bindingOf(kept);
		if (binding?.until === deputy.until && binding.maxAmount === deputy.maxAmount) return binding;
		throw new UnavailableError(`${this.system} took the deputy ${key} and does not show it as asked.`, {
			system: this.system,
			...about,
			hint: 'Look at the position there before anybody relies on the deputy.',
		});
	}

	async unbindDeputy(position: string, user: string): Promise<void> {
		const about = { entity: 'positionBinding', key: `${position}/${user}` };
		const path = '/api/approvals/deputies/end';
		await this.service.call(z.unknown(), { method: 'POST', path, body: { position, user } }, about);
		const [kept] = await this.search('bindings', { ids: [about.key] });
		if (kept === undefined || bindingOf(kept).origin === 'sync') return;
		throw new UnavailableError(
			`${this.system} was asked to end the deputy ${about.key} and still shows it.`,
			{
				system: this.system,
				...about,
				hint: 'Take the deputy away there; End tries again with the next run.',
			},
		);
	}

	async assignAnew(documents: string[]): Promise<number> {
		let tasks = 0;
		for (const ids of chunksOf(documents, pageSize)) {
			const answer = await this.service.call(
				z.object({ tasks: z.number() }),
				{ method: 'POST', path: '/api/approvals/reassign', body: { ids } },
				{ entity: 'approvalTask' },
			);
			tasks += answer.tasks;
		}
		return tasks;
	}

	async importOrganisation(employees: Employee[], positions: Position[]): Promise<SyncRun> {
		const body = {
			employees: employees.map(({ key, state, name, email, login, position }) => ({
				id: key,
				status: state,
				name,
				email,
				login,
				position,
			})),
			positions: positions.map(({ key, name, approver }) => ({ id: key, name, approver })),
		};
		const path = '/api/approvals/organisation/import';
		return runOf(await this.service.call(Own, { method: 'POST', path, body }, { entity: 'organisation' }));
	}

	async putMapping({ hr, position }: PositionMapping): Promise<PositionMapping> {
		const about = { entity: 'positionMapping', key: hr };
		const path = `/api/approvals/records/mappings/${encodeURIComponent(hr)}`;
		await this.service.call(Own, { method: 'PUT', path, body: { position } }, about);
		const [kept] = await this.search('mappings', { ids: [hr] });
		if (kept?.position === position) return { hr, position };
		throw new UnavailableError(`${this.system} took the mapping of ${hr} and does not show it as asked.`, {
			system: this.system,
			...about,
			hint: 'Read the mapping there, and set it again.',
		});
	}

	async linkUser(user: string, employee: string): Promise<void> {
		const about = { entity: 'user', key: user };
		const [known] = await this.search('users', { ids: [user] });
		if (known === undefined)
			throw new NotFoundError(`${this.system} has no user "${user}". Nothing was linked.`, {
				system: this.system,
				...about,
			});
		const path = `/api/approvals/records/users/${encodeURIComponent(user)}`;
		await this.service.call(Own, { method: 'PUT', path, body: { ...known, employee } }, about);
		const [kept] = await this.search('users', { ids: [user] });
		if (kept?.employee === employee) return;
		throw new UnavailableError(`${this.system} took the link of ${user} and does not show it as asked.`, {
			system: this.system,
			...about,
			hint: "Read the user's employee number there, and set it again.",
		});
	}

	private async settings(): Promise<z.infer<typeof Settings>> {
		const [settings] = await this.search('settings', { ids: ['settings'] });
		return Settings.parse(settings ?? {});
	}

	private async all(kind: string): Promise<Own[]> {
		const records: Own[] = [];
		for await (const page of this.pages(kind, {})) records.push(...page);
		return records;
	}

	private async *pages(kind: string, query: Record<string, string>): AsyncIterable<Own[]> {
		for (let after = ''; ; ) {
			const { records } = await this.service.call(
				Page,
				{
					method: 'GET',
					path: `/api/approvals/records/${kind}`,
					query: { ...query, after, limit: pageSize },
				},
				{ entity: kind },
			);
			if (records.length > 0) yield records;
			if (records.length < pageSize) return;
			after = records.at(-1)?.id ?? '';
		}
	}

	private async search(kind: string, wanted: { ids?: string[]; documents?: string[] }): Promise<Own[]> {
		const [name, keys] =
			wanted.ids === undefined ? ['documents', wanted.documents ?? []] : ['ids', wanted.ids];
		const found: Own[] = [];
		for (const chunk of chunksOf(keys, pageSize)) {
			const { records } = await this.service.call(
				Page,
				{ method: 'POST', path: `/api/approvals/records/${kind}/search`, body: { [name]: chunk } },
				{ entity: kind },
			);
			found.push(...records);
		}
		return found;
	}
}

const Settings = z.looseObject({
	submitterExcluded: z.boolean().optional(),
	mailHost: z.string().optional(),
	mailPort: z.number().optional(),
	mailQueue: z.enum(['running', 'stopped']).optional(),
	hrInterface: z.enum(['on', 'off']).optional(),
});

const OwnFlow = z.looseObject({
	id: z.string(),
	document: z.string(),
	active: z.boolean(),
	rules: z.array(
		z.looseObject({ id: z.string(), active: z.boolean(), branches: z.array(z.string()).optional() }),
	),
	steps: z.array(
		z.looseObject({
			id: z.string(),
			active: z.boolean(),
			approver: z.string().nullable(),
			next: z.string().nullable(),
		}),
	),
});

function flowOf(own: Own): ApprovalFlow {
	const { id, document, active, rules, steps, ...rest } = OwnFlow.parse(own);
	return ApprovalFlow.parse({
		...rest,
		key: id,
		kind: document,
		state: stateOf(active),
		rules: rules.map(({ id: key, active: used, branches, ...rule }) => ({
			...rule,
			key,
			state: stateOf(used),
			...(branches === undefined ? {} : { regions: branches }),
		})),
		steps: steps.map(({ id: key, active: used, approver, next, ...step }) => ({
			...step,
			key,
			state: stateOf(used),
			...(approver === null ? {} : { position: approver }),
			...(next === null ? {} : { next }),
		})),
	});
}

function documentOf({ id, document, branch, customer, step, ...rest }: Own): ApprovalDocument {
	return ApprovalDocument.parse({
		...rest,
		key: id,
		kind: document,
		partner: customer,
		...(branch === undefined ? {} : { region: branch }),
		...(step === null ? {} : { step }),
	});
}

function userOf({ id, locked, syncedAt, syncedPosition, ...rest }: Own): ApprovalUser {
	return ApprovalUser.parse({
		...rest,
		key: id,
		state: locked === true ? 'locked' : 'active',
		...(syncedAt === undefined
			? {}
			: { synced: { at: syncedAt, ...(syncedPosition === undefined ? {} : { position: syncedPosition }) } }),
	});
}

function bindingOf({ id: _id, reason: _reason, ...binding }: Own): PositionBinding {
	return PositionBinding.parse(binding);
}

function runOf({ id, result, ...rest }: Own): SyncRun {
	const state = result === 'ok' ? 'succeeded' : result === 'partly' ? 'partial' : 'failed';
	return SyncRun.parse({ ...rest, key: id, state });
}

function stateOf(active: boolean): 'active' | 'inactive' {
	return active ? 'active' : 'inactive';
}
