import { SandboxEntityService } from './entityService';
import { accounts } from './finance/accounts';
import { assets } from './finance/assets';
import { dimensionValues } from './finance/dimensionValues';
import { journalEntries } from './finance/journalEntries';
import { ledgerPeriods } from './finance/ledgerPeriods';
import { SandboxSystem } from './sandboxSystem';
import type { SandboxOptions } from './service';

/**
 * The sandbox's ledger: journal entries, which it takes as drafts and posts, periods, which it closes, and to read the chart of
 * accounts, dimension values and fixed assets. It pushes changes over MQTT by itself.
 */
export class SandboxFinance extends SandboxSystem {
	constructor(options: SandboxOptions) {
		super(
			'sandbox-finance',
			options,
			(service) => ({
				journalEntry: new SandboxEntityService(service, journalEntries),
				ledgerPeriod: new SandboxEntityService(service, ledgerPeriods),
				account: new SandboxEntityService(service, accounts),
				dimensionValue: new SandboxEntityService(service, dimensionValues),
				asset: new SandboxEntityService(service, assets),
			}),
			'It serves journal entries and periods, and for reading accounts, dimension values and assets.',
		);
	}
}
