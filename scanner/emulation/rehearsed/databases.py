"""PostgreSQL with rows in it: users, orders that refer to each other, and a ledger that is only ever appended to."""

import json
from concurrent.futures import ThreadPoolExecutor

from scanner.emulation.rehearsed.settling import Site

# Rows are made by the server itself, and nobody's: names and mails that belong to no person.
SCHEMAS = {
    "users": (
        "create table account (id bigint primary key, name text not null, mail text not null unique, since timestamptz not null)",
        "insert into account select n, 'person ' || n, 'person' || n || '@example.invalid', now() - n * interval '1 minute' "
        "from generate_series(1, {rows}) n",
        "create table session (id bigint primary key, account bigint not null references account, ends timestamptz)",
        "insert into session select n, n, now() + interval '1 hour' from generate_series(1, {rows} / 10) n",
    ),
    "orders": (
        "create table customer (id bigint primary key, name text not null)",
        "insert into customer select n, 'customer ' || n from generate_series(1, {rows} / 10) n",
        "create table purchase (id bigint primary key, customer bigint not null references customer, cents bigint not null, "
        "placed timestamptz not null)",
        "insert into purchase select n, 1 + n % ({rows} / 10), 100 + n * 37 % 90000, now() - n * interval '1 second' "
        "from generate_series(1, {rows}) n",
        "create index on purchase (customer, placed)",
        "create table refund (id bigint primary key, purchase bigint not null references purchase)",
    ),
    "ledger": (
        "create table entry (id bigint primary key, account text not null, cents bigint not null, booked timestamptz not null)",
        "insert into entry select n, 'account ' || n % 50, (n * 91 % 20000) - 10000, now() from generate_series(1, {rows}) n",
    ),
}
# A user that may read and no more; the access drill tries what it may not.
ROLES = (
    "create role reader login password '{password}'",
    "grant usage on schema public to reader",
    "grant select on all tables in schema public to reader",
)


def settle(site: Site) -> None:
    """Make the servers side by side, and fill them."""
    site.tell("three PostgreSQL servers")
    with ThreadPoolExecutor(len(SCHEMAS)) as pool:
        list(pool.map(lambda name: _database(site, name), SCHEMAS))


def _database(site: Site, name: str) -> None:
    import psycopg

    told = site.client("secretsmanager").get_secret_value(SecretId=f"rehearsed/{name}")
    password = json.loads(told["SecretString"])["password"]
    rds = site.client("rds")
    made = rds.create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.m7g.large",
        Engine="postgres",
        EngineVersion="18.1",
        AllocatedStorage=100,
        DBName=name,
        MasterUsername="keeper",
        MasterUserPassword=password,
        BackupRetentionPeriod=35,
        PreferredBackupWindow="02:00-02:30",
        StorageEncrypted=True,
        KmsKeyId=site.made["key@eu-west-1"],
        MultiAZ=True,
        PubliclyAccessible=False,
        DeletionProtection=False,
        DBParameterGroupName="rehearsed",
        DBSubnetGroupName="rehearsed",
        VpcSecurityGroupIds=[site.made["group"]],
        Tags=[{"Key": "System", "Value": {"users": "authentication", "ledger": "transaction-log"}.get(name, name)}],
    )
    site.made[f"db:{name}"] = made["DBInstance"]["DBInstanceArn"]
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier=name, WaiterConfig={"Delay": 1})
    endpoint = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["Endpoint"]
    with psycopg.connect(
        host=endpoint["Address"], port=endpoint["Port"], user="keeper", password=password, dbname=name, autocommit=True
    ) as connection:
        for statement in SCHEMAS[name]:
            connection.execute(statement.format(rows=site.rows).encode())
        for statement in ROLES:
            connection.execute(statement.format(password=password).encode())
