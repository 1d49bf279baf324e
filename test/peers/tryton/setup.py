"""Prepares a Tryton database for tests: a company, a customer, two packing units and, where sales are installed, accounts and a
fiscal year.

Usage: setup.py CONFIGURATION DATABASE_URI. What the tests themselves make (products, stock, sales) they make over JSON-RPC.
"""
import datetime
import sys
from decimal import Decimal

from proteus import Model, Wizard, config

configuration_file, database = sys.argv[1:]
connection = config.set_trytond(database=database, config_file=configuration_file)

Party = Model.get('party.party')
Currency = Model.get('currency.currency')
euro = Currency(name='Euro', code='EUR', symbol='€')
euro.rates.new(date=datetime.date(2000, 1, 1), rate=Decimal(1))
euro.save()

wizard = Wizard('company.company.config')
wizard.execute('company')
wizard.form.party = Party(name='Riverside Appliances')
wizard.form.party.save()
wizard.form.currency = euro
wizard.execute('add')
connection._context = Model.get('res.user').get_preferences(True, {})
company, = Model.get('company.company').find()

Uom = Model.get('product.uom')
unit, = Uom.find([('symbol', '=', 'u')])
for name, symbol, pieces in (('Carton', 'ctn', 12), ('Pallet', 'plt', 480)):
    Uom(
        name=name, symbol=symbol, category=unit.category,
        factor=float(pieces), rate=round(1 / pieces, 12), rounding=1.0, digits=0).save()

Party(name='Household Appliances Retail', code='RETAIL').save()

if Model.get('ir.module').find([('name', '=', 'sale'), ('state', '=', 'activated')]):
    chart = Wizard('account.create_chart')
    chart.execute('account')
    template, = Model.get('account.account.template').find([('parent', '=', None)], limit=1)
    chart.form.account_template = template
    chart.form.company = company
    chart.execute('create_account')
    chart.execute('create_properties')

    # Invoices are posted in this year, whose months are its periods.
    SequenceType = Model.get('ir.sequence.type')
    year = datetime.date.today().year
    moves = Model.get('ir.sequence')(
        name='Account moves', sequence_type=SequenceType.find([('name', '=', 'Account Move')])[0], company=company)
    moves.save()
    invoices = Model.get('ir.sequence.strict')(
        name='Invoices', sequence_type=SequenceType.find([('name', '=', 'Invoice')])[0], company=company)
    invoices.save()
    fiscal_year = Model.get('account.fiscalyear')(
        name=str(year), company=company, post_move_sequence=moves,
        start_date=datetime.date(year, 1, 1), end_date=datetime.date(year, 12, 31))
    kept, = fiscal_year.invoice_sequences
    kept.out_invoice_sequence = kept.out_credit_note_sequence = invoices
    kept.in_invoice_sequence = kept.in_credit_note_sequence = invoices
    fiscal_year.save()
    fiscal_year.click('create_period')

    Account = Model.get('account.account')
    category = Model.get('product.category')(name='Goods', accounting=True)
    category.account_revenue, = Account.find([('type.revenue', '=', True)], limit=1)
    category.account_expense, = Account.find([('type.expense', '=', True)], limit=1)
    category.save()
    # A confirmed sale waits this long for the queue; until then it can go back to draft and change.
    sales = Model.get('sale.configuration')(1)
    sales.sale_process_after = datetime.timedelta(days=1)
    sales.save()
    purchases = Model.get('purchase.configuration')(1)
    purchases.purchase_process_after = datetime.timedelta(days=1)
    purchases.save()
    Party(name='Riverside Metal Works', code='METAL').save()

if Model.get('ir.module').find([('name', '=', 'account_asset'), ('state', '=', 'activated')]):
    Type = Model.get('account.account.type')

    def type_called(name, **flags):
        found, = Type.find([('name', '=', name)] + [(flag, '=', value) for flag, value in flags.items()], limit=1)
        return found

    for code, name in (
            ('1010', 'Main Cash'), ('1100', 'Main Receivable'), ('2100', 'Main Payable'), ('2200', 'Main Tax'),
            ('4000', 'Main Revenue'), ('5000', 'Main Expense'), ('1500', 'Assets'), ('1590', 'Depreciation')):
        account, = Account.find([('name', '=', name)])
        account.code = code
        account.save()
    root, = Account.find([('parent', '=', None)])
    stock = type_called('Current', assets=True)
    expense = type_called('Expense')
    for code, name, kind in (
            ('1400', 'Inventory', stock), ('3000', 'Owner\'s equity', type_called('Equity')),
            ('5100', 'Cost of goods sold', expense), ('5200', 'Depreciation expense', expense),
            ('5900', 'Rounding differences', expense)):
        Account(code=code, name=name, type=kind, parent=root).save()

    dollar = Currency(name='US Dollar', code='USD', symbol='$')
    dollar.rates.new(date=datetime.date(2000, 1, 1), rate=Decimal('1.25'))
    dollar.save()

    # The years around this one.
    for other in (year - 1, year + 1):
        moves = Model.get('ir.sequence')(name='Moves %s' % other, sequence_type=moves.sequence_type, company=company)
        moves.save()
        invoices = Model.get('ir.sequence.strict')(
            name='Invoices %s' % other, sequence_type=invoices.sequence_type, company=company)
        invoices.save()
        fiscal_year = Model.get('account.fiscalyear')(
            name=str(other), company=company, post_move_sequence=moves,
            start_date=datetime.date(other, 1, 1), end_date=datetime.date(other, 12, 31))
        kept, = fiscal_year.invoice_sequences
        kept.out_invoice_sequence = kept.out_credit_note_sequence = invoices
        kept.in_invoice_sequence = kept.in_credit_note_sequence = invoices
        fiscal_year.save()
        fiscal_year.click('create_period')

    Analytic = Model.get('analytic_account.account')
    for code, name, values in (
            ('costCentre', 'Cost centre', (('CC-100', 'Sales'), ('CC-200', 'Warehouse'))),
            ('project', 'Project', (('P-1', 'Kettle launch'),))):
        dimension = Analytic(code=code, name=name, type='root', state='opened')
        dimension.save()
        for value, called in values:
            Analytic(
                code=value, name=called, type='normal', state='opened',
                root=dimension, parent=dimension).save()

    fixed = Model.get('product.category')(name='Fixed assets', accounting=True)
    for field, code in (
            ('account_expense', '5200'), ('account_revenue', '4000'),
            ('account_asset', '1500'), ('account_depreciation', '1590')):
        account, = Account.find([('code', '=', code)])
        setattr(fixed, field, account)
    fixed.save()
    machine = Model.get('product.template')(
        name='Packing line', type='assets', default_uom=unit, list_price=Decimal('0'),
        account_category=fixed, depreciable=True, depreciation_duration=24)
    machine.products[0].suffix_code = 'PACKING-LINE'
    machine.save()
