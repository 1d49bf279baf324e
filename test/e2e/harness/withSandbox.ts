import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompanyOptions } from '../../../sandbox/company/options';
import { type SpawnedCompany, spawnCompany } from '../../../sandbox/company/spawnCompany';
import { credentialsFor } from '../../../sandbox/n8n/credentials';
import { type HostOptions, N8nHost } from './host';

const apiKey = 'only-for-tests';

/** A sandbox company and an n8n whose credentials point at it. */
export class Sandbox {
	private constructor(
		readonly host: N8nHost,
		readonly company: SpawnedCompany,
		readonly apiKey: string,
		private readonly folder: string,
	) {}

	static async start(n8n: HostOptions = {}, company: Partial<CompanyOptions> = {}): Promise<Sandbox> {
		const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-company-'));
		const options = { folder, apiKey, page: false, ...company };
		const started = await Promise.allSettled([spawnCompany(options), N8nHost.start(n8n)] as const);
		const [running, host] = started;
		if (running.status === 'fulfilled' && host.status === 'fulfilled') {
			for (const credential of credentialsFor(running.value.addresses, options.apiKey))
				await host.value.api.setCredential(credential);
			return new Sandbox(host.value, running.value, options.apiKey, folder);
		}
		if (running.status === 'fulfilled') await running.value.close();
		if (host.status === 'fulfilled') await host.value.close();
		await rm(folder, { recursive: true, force: true });
		throw (started.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason;
	}

	async close(): Promise<void> {
		await this.host.close();
		await this.company.close();
		await rm(this.folder, { recursive: true, force: true });
	}
}

/** One company and one n8n for all tests of the calling file; the function that it returns gives them to a test or hook. */
export function withSandbox(n8n: HostOptions = {}, company: Partial<CompanyOptions> = {}): () => Sandbox {
	jest.setTimeout(240_000);
	let sandbox: Sandbox | undefined;
	beforeAll(async () => {
		sandbox = await Sandbox.start(n8n, company);
	});
	afterAll(async () => {
		await sandbox?.close();
	});
	return () => {
		if (!sandbox)
			throw new Error(
				'The sandbox is there from the first beforeAll on, not while the test file is being read.',
			);
		return sandbox;
	};
}
