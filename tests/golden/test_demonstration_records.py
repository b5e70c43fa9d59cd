"""The records of the demonstration stay what they are, to the digit, while the machinery changes.

A digest that differs means that a home would be made anew: if that is meant, raise ``version`` in the recipe and write
the digest that the failure shows here.
"""

import hashlib
import io

import pyarrow.csv
import pyarrow.parquet
import pytest

from statlas.demonstration.made import Ask
from statlas.demonstration.source import make_source

DIGESTS = {
    "hb_new": "8e21c4cd1b1907b39c1d68e1f523ca2702591045846b390a57291a8ce8bb9892",
    "UC_Monthly": "8fc960adc77ccdb679f6efee2903c73d7a70949bcc62d4e83ff71e7cd90e70e3",
    "UC_Households": "9f8941ba69067735dd07956fc16f14d02cc69b9c3a8dfaffa392314394fc34d7",
    "PIP_Monthly": "0710a6a2d5f33915a7d1db15fd5878517a681ce2b2a7aca16789249a0cf71c12",
    "UC_Starts": "d6f365431f69cabbd91f9eed196926f6d55106f1c7007c723f89402bdf9ac130",
    "hb_flows": "50ac1f26821b1c15af17d84ae5b4cc5ac008947bd5646082d2adb0a542184040",
    "Benefit_Cap_Monthly_2011": "c3fefa23f69f5c1ebb793e00a18d36b1b3426e16622a333f12b3ceb9e4b0249f",
    "BC_UC_Monthly": "c320385d5042e8160d5479ceb8f295ee28240dcfb2791af9b49e72d49ccad690",
    "PIP_Registrations": "9ee5a01aae0b8aa3c56b9b83166ec002d1a780c885b96957d8fe4eb2ac88bfc0",
    "JSA_sanc_dec": "04964732abfc0070f75030030b1f3ed1ebce69054c47d7ba0fbcf565f1dffcaa",
    "ESA_Caseload_new": "13ae3fa4861ce2dad7da402748a75bca592c60b05eb482451541c79b07558256",
    "PC_New": "436c4324b86bffbca87417c3caea0b4324f88fb320f2537f1a0932bcda513004",
    "JSA": "a02042a18cc4bedbf3df0bf7f9fa84674f96a8c388c203ca2fde07b22c227bfd",
    "ESA_sanc_dec": "4145a9288b72f233d6ee533be7ff45aa9e7d157d50f853e919e3c9ef9a255249",
    "WP_Referrals": "06d5d5247359dc1f0484c4bcc083c357e5ce4db36a1e79cc89fdb8415046c6af",
    "WP_Attachments": "0260483ed9dcc6da9d9e77183d79b27b25973505a32cb43620f26a73630b57aa",
    "WP_Job_Outcomes": "8b5e1d191b9f2b6cc23cc501e8d79ab5fb3a55930c3ffc1c1be42f23e771742f",
    "WP_Sustainment": "2c9376603379ed8d2e35a16b0488d64c039100e3614c9b8b8226c8ca599ecaac",
    "SMI_CASELOAD": "4f7190e6f712bde7b939b5bce75b8fd9e67d52c5fa8d75773df8c721cb14dbf8",
    "ESA_WCA_CS": "5996c602a2fa2cf823676313cbf70386412b8e0e1562a75f80ce90772980bf8c",
    "Ninos": "488487b35171fa9ef4a2d33f1615982841c09f8621830d0161414521ca852e72",
    "CILIF_REL": "a76550db8b487daae2069e864e58a32d290184a59d79e8b9c03f2b2a55c9a2a7",
    "CILIF_ABS": "b065a2d1106fde932e865ea16ea28d5b28755547eb4abd2a1ec3c5ff965163f9",
    "fit_notes": "b2ceadd86ae07ca63c5d10f741ec829bbc0fbc80b5f928c0d0d069c79d9f4965",
}
SCALE = 0.001


@pytest.mark.parametrize("database_id", DIGESTS)
def test_records_are_the_same_as_ever(tmp_path, database_id):
    """Every value of every record of a database, drawn small, is the one that has always been drawn."""
    made = make_source(database_id, tmp_path, Ask(scale=SCALE))
    text = io.BytesIO()
    pyarrow.csv.write_csv(pyarrow.concat_tables(pyarrow.parquet.read_table(path) for path in made.files), text)
    assert hashlib.sha256(text.getvalue()).hexdigest() == DIGESTS[database_id]
