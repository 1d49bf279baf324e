import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { axiosTransport } from '../../connectors/http/axiosTransport';
import { SandboxErp } from '../../connectors/sandbox/sandboxErp';
import { SandboxFinance } from '../../connectors/sandbox/sandboxFinance';
import { SandboxHr } from '../../connectors/sandbox/sandboxHr';
import { SandboxWms } from '../../connectors/sandbox/sandboxWms';
import type { ActRequest, ReservationMatch } from '../../core/ports/systemConnector';
import { startCompany, type Company } from '../../sandbox/company/company';
import type { CompanyOptions } from '../../sandbox/company/options';

export const apiKey = 'a-key-for-tests';

export function temporaryFolder(): { folder: string; remove(): void } {
	const folder = mkdtempSync(join(tmpdir(), 'sandbox-test-'));
	return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Fixture {
	company: Company;
	erp: SandboxErp;
	wms: SandboxWms;
	finance: SandboxFinance;
	hr: SandboxHr;
	close(): Promise<void>;
}

/** A company without events, and connectors to it. */
export async function quietCompany(options: Partial<CompanyOptions> = {}): Promise<Fixture> {
	const { folder, remove } = temporaryFolder();
	const company = await startCompany({
		folder,
		apiKey,
		erp: { publish: false },
		finance: { publish: false },
		hr: { publish: false },
		page: false,
		// Nothing is published, so nothing is ever sent there.
		broker: { url: 'mqtt://127.0.0.1:1' },
		...options,
		wms: { publish: false, ...options.wms },
	});
	const transport = axiosTransport();
	return {
		company,
		erp: new SandboxErp({ url: company.addresses.erp, apiKey, transport }),
		wms: new SandboxWms({ url: company.addresses.wms, apiKey, transport, timeoutMs: 2_000 }),
		finance: new SandboxFinance({ url: company.addresses.finance, apiKey, transport }),
		hr: new SandboxHr({ url: company.addresses.hr, apiKey, transport }),
		close: async () => {
			transport.close();
			await company.close();
			remove();
		},
	};
}

/** A request to reserve, as the reservation workflow sends it. */
export function matchOf(
	order: string,
	sequence: number,
	lines: Record<string, string>,
	options: { allowPartial?: boolean; expectedVersion?: string } = {},
): ActRequest<ReservationMatch> {
	const { allowPartial = true, expectedVersion } = options;
	return {
		key: order,
		idempotencyKey: `${order}/${sequence}`,
		...(expectedVersion === undefined ? {} : { expectedVersion }),
		input: {
			sequence,
			allowPartial,
			lines: Object.entries(lines).map(([item, quantity]) => ({ item, quantity })),
		},
	};
}

export async function collect<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
	const records: T[] = [];
	for await (const page of pages) records.push(...page);
	return records;
}
