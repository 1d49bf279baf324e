import { join } from 'node:path';

import { ErpAccounts } from './access/accounts';
import { accountRoutes, guarded } from './access/api';
import { seedAccounts } from './access/seedAccounts';
import { approvalRoutes } from './approvals/api';
import { Approvals } from './approvals/approvals';
import { followAddresses, seedApprovals } from './approvals/seedApprovals';
import { startBroker, type EmbeddedBroker } from './broker';
import { erpRoutes } from './erp/api';
import { Erp } from './erp/erp';
import { ErpWarehouseFigures, figureRoutes } from './erp/warehouseFigures';
import { financeRoutes } from './finance/api';
import { Finance } from './finance/finance';
import { seedFinance } from './finance/seedFinance';
import { hrRoutes } from './hr/api';
import { Hr } from './hr/hr';
import { seedHr } from './hr/seedHr';
import type { Faults } from './http/faults';
import { startHttpService } from './http/service';
import { mailRoutes } from './mail/api';
import { MailFaults } from './mail/faults';
import { Mailbox } from './mail/mailbox';
import { mailUser, startSmtp } from './mail/smtp';
import { CompanyOptions, type CompanyAddresses } from './options';
import { Relay, type BrokerAddress, type RelayState } from './outbox/relay';
import { resendWhenSubscribed } from './outbox/resend';
import { startPage } from './page/pageServer';
import { plantErrors } from './planted/errors';
import { seedCompany } from './seed';
import { wmsRoutes } from './wms/api';
import { Warehouse } from './wms/warehouse';

/** A running sandbox company. `erp`, `warehouse`, `finance` and `hr` are the services themselves, for tests. */
export interface Company {
	addresses: CompanyAddresses;
	erp: Erp;
	/** who may do what in the ERP */
	accounts: ErpAccounts;
	warehouse: Warehouse;
	finance: Finance;
	hr: Hr;
	/** the ERP's approvals */
	approvals: Approvals;
	/** what the warehouse has reported to the ERP */
	figures: ErpWarehouseFigures;
	mailbox: Mailbox;
	faults: { erp: Faults; wms: Faults; finance: Faults; hr: Faults; smtp: MailFaults };
	/** how far publishing is, where the service publishes */
	relays(): { erp?: RelayState; wms?: RelayState; finance?: RelayState; hr?: RelayState };
	/** resolves once the broker has confirmed all events so far */
	published(): Promise<void>;
	close(): Promise<void>;
}

/**
 * Starts the sandbox company: ERP, WMS, ledger, HR, mail, the relays that publish their events, and a broker unless one is given.
 * A stand-in for people without systems at hand; on loopback only. What is half started is stopped again on failure.
 */
export async function startCompany(given: CompanyOptions): Promise<Company> {
	const options = CompanyOptions.parse(given);
	const { folder, host, ports, apiKey, topicPrefix } = options;
	const stops: Array<() => Promise<void> | void> = [];
	const close = async (): Promise<void> => {
		for (const stop of stops.splice(0).reverse()) await stop();
	};
	try {
		const erp = new Erp(join(folder, 'erp.db'), { publish: options.erp.publish, topicPrefix });
		stops.push(() => erp.close());
		const warehouse = new Warehouse(join(folder, 'wms.db'), { publish: options.wms.publish, topicPrefix });
		stops.push(() => warehouse.close());
		const figures = new ErpWarehouseFigures(join(folder, 'erp-warehouse-figures.db'), erp, {
			publish: options.erp.publish,
			topicPrefix,
		});
		stops.push(() => figures.close());
		const finance = new Finance(join(folder, 'finance.db'), {
			publish: options.finance.publish,
			topicPrefix,
		});
		stops.push(() => finance.close());
		const hr = new Hr(join(folder, 'hr.db'), { publish: options.hr.publish, topicPrefix });
		stops.push(() => hr.close());
		const accounts = new ErpAccounts(join(folder, 'erp-accounts.db'));
		stops.push(() => accounts.close());
		if (options.seed && finance.isEmpty) seedFinance(finance);
		if (options.seed && erp.isEmpty)
			seedCompany(erp, warehouse, () => {
				if (options.plantErrors) plantErrors({ erp, warehouse, finance });
			});
		if (options.seed && hr.isEmpty) seedHr(hr);
		if (options.seed && accounts.isEmpty) seedAccounts(accounts, hr, { mistakes: options.plantErrors });
		const mailbox = new Mailbox(join(folder, 'mail.db'));
		stops.push(() => mailbox.close());
		const approvals = new Approvals(join(folder, 'erp-approvals.db'), erp, mailbox, apiKey);
		stops.push(async () => await approvals.close());

		const broker = await brokerOf(options, stops);
		if ('onSubscribe' in broker && options.resendOnSubscribe) {
			resendWhenSubscribed(broker, { erp, warehouse, topicPrefix, stops });
		}
		const relays: { erp?: Relay; wms?: Relay; finance?: Relay; hr?: Relay; figures?: Relay } = {};
		for (const [name, service] of [
			['erp', erp],
			['wms', warehouse],
			['finance', finance],
			['hr', hr],
			['figures', figures],
		] as const) {
			if (!service.outbox) continue;
			const relay = new Relay(service.outbox, broker, `sandbox-${name}`);
			service.onCommit(() => relay.wake());
			relay.start();
			stops.push(() => relay.close());
			relays[name] = relay;
		}

		const states = (): ReturnType<Company['relays']> => ({
			erp: relays.erp?.state(),
			wms: relays.wms?.state(),
			finance: relays.finance?.state(),
			hr: relays.hr?.state(),
		});

		const erpService = await startHttpService({
			host,
			port: ports.erp,
			apiKey,
			routes: guarded(
				[
					...erpRoutes(erp),
					...figureRoutes(figures),
					...approvalRoutes(approvals),
					...accountRoutes(accounts),
				],
				accounts,
			),
		});
		stops.push(() => erpService.close());
		const wmsService = await startHttpService({
			host,
			port: ports.wms,
			apiKey,
			routes: wmsRoutes(warehouse, { bulk: options.wms.bulk }),
		});
		stops.push(() => wmsService.close());
		const financeService = await startHttpService({
			host,
			port: ports.finance,
			apiKey,
			routes: financeRoutes(finance),
		});
		stops.push(() => financeService.close());
		const hrService = await startHttpService({ host, port: ports.hr, apiKey, routes: hrRoutes(hr) });
		stops.push(() => hrService.close());

		const smtpFaults = new MailFaults();
		const mailService = await startHttpService({
			host,
			port: ports.mail,
			apiKey,
			routes: mailRoutes(mailbox, smtpFaults),
		});
		stops.push(() => mailService.close());
		const smtp = await startSmtp({ host, port: ports.smtp, apiKey, mailbox, faults: smtpFaults });
		stops.push(() => smtp.close());
		const own = { hr: hrService.url, smtp };
		if (options.seed && approvals.records.isEmpty) await seedApprovals(approvals, own);
		else followAddresses(approvals, own);

		const page = options.page
			? await startPage({ host, port: ports.page, erp, warehouse, mailbox, relays: states })
			: undefined;
		if (page) stops.push(() => page.close());

		return {
			addresses: {
				erp: erpService.url,
				wms: wmsService.url,
				finance: financeService.url,
				hr: hrService.url,
				mail: mailService.url,
				smtp: { host: smtp.host, port: smtp.port, user: mailUser },
				broker: addressOf(broker),
				...(page ? { page: page.url } : {}),
			},
			erp,
			accounts,
			warehouse,
			finance,
			hr,
			approvals,
			figures,
			mailbox,
			faults: {
				erp: erpService.faults,
				wms: wmsService.faults,
				finance: financeService.faults,
				hr: hrService.faults,
				smtp: smtpFaults,
			},
			relays: states,
			published: async () => {
				await Promise.all(Object.values(relays).map(async (relay) => await relay.drained()));
			},
			close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}

async function brokerOf(
	options: ReturnType<typeof CompanyOptions.parse>,
	stops: Array<() => Promise<void> | void>,
): Promise<BrokerAddress | EmbeddedBroker> {
	const { broker, host, ports } = options;
	if (typeof broker === 'object' && 'url' in broker) return broker;
	const credential = broker === 'embedded' ? {} : { username: broker.username, password: broker.password };
	const embedded = await startBroker({ host, port: ports.broker, ...credential });
	stops.push(() => embedded.close());
	return embedded;
}

function addressOf({ url, username, password }: BrokerAddress): BrokerAddress {
	return {
		url,
		...(username === undefined ? {} : { username }),
		...(password === undefined ? {} : { password }),
	};
}
