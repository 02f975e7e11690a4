"""data/project_gutenberg: the book and nothing but the book; wrapped lines are joined, verse and tables are not."""
import lzma
import os
import re
from collections import Counter

import pytest

import prepare

SHARED = os.path.join(prepare.ROOT, os.pardir, "shared", "data")


@pytest.fixture(scope="module")
def source():
    return prepare.load_source("project_gutenberg")


@pytest.fixture(scope="module")
def upstream(source):
    folders = [os.path.join(SHARED, folder) for folder in source.FROM]
    if not all(map(os.path.isdir, folders)):
        pytest.skip("the books are not here")
    return prepare.Upstream(*folders)


@pytest.fixture(scope="module")
def real(source, upstream):
    return list(source.documents(upstream, 1))


HEAD = """The Project Gutenberg EBook of The Art of Lawn Tennis, by W. T. Tilden

This eBook is for the use of anyone anywhere at no cost and with
almost no restrictions whatsoever.

Title: The Art of Lawn Tennis

*** START OF THIS PROJECT GUTENBERG EBOOK THE ART OF LAWN TENNIS ***




Produced by A. Reader and the Online Distributed Proofreading Team at
http://www.pgdp.net (This file was produced from images generously made
available by The Internet Archive)




    THE ART OF LAWN TENNIS

    BY

    W. T. TILDEN


[Illustration: A player,
with his racquet]


CONTENTS.


 CHAPTER                                      PAGE
    I. THE FIRST                                 1
         How the game was played in the days of the first champions, and
         what was said of it by those who saw it on the lawns of England
         before the War, and by those who never did and never would        7


"""
FOOT = """



INDEX


Ball, the, 1, 2, 3;
  how to hit it, 4

End of the Project Gutenberg EBook of The Art of Lawn Tennis

*** END OF THIS PROJECT GUTENBERG EBOOK THE ART OF LAWN TENNIS ***

Updated editions will replace the previous one."""
WRAPPED = """The _forehand_ drive is the opening of every offensive in tennis, and as
such should be most carefully studied. There are certain rules of foot-
work that apply to all shots. To reach a ball that is a short distance
away, advance the foot that is away from the shot--that is the left--
and thus swing into position to hit.[12]  Hit it, then."""
JOINED = ("The forehand drive is the opening of every offensive in tennis, and as such should be most carefully studied. There are certain rules of "
          "foot-work that apply to all shots. To reach a ball that is a short distance away, advance the foot that is away from the shot—that is "
          "the left—and thus swing into position to hit. Hit it, then.")
VERSE = """    Oh, East is East, and West is West,
      and never the twain shall meet,
    Till Earth and Sky stand presently
      at God's great Judgment Seat"""
TABLE = """Player.        Played.   Won.   Lost.
-------------------------------------
Tilden              12     11       1
Johnston            10      8       2"""
ADVERTISEMENT = """[Advertisement]

SPALDING'S RACQUETS.

The best racquet that was ever made for the game, and the only one that
champions use. It is strung with the best gut, and it never breaks in a
game.


A smaller one for ladies, of the same gut, which many players of note
have praised in letters to this house."""
CATALOGUE = """THE MANUAL OF MANURES

By HENRY VENDELMANS. _Crown 8vo. 4s. 5d. net. By post, 4s. 9d._"""


def book(*parts):
    return HEAD + "\n\n\n\n\n".join(parts) + FOOT


def documents(source, folder, text, name="1451.txt"):
    (folder / name).write_text(text.replace("\n", "\r\n"), encoding="utf-8", newline="")
    return list(source.documents(prepare.Upstream(str(folder)), 1))


def test_a_book_reads_like_this(source, tmp_path):
    stars = "       *       *       *       *       *"
    chapters = ["CHAPTER I.\n\n\nTHE FIRST.", WRAPPED, VERSE, "[Illustration]", TABLE, WRAPPED, stars, WRAPPED], ["CHAPTER II", *[WRAPPED] * 3]
    text = book("\n\n".join(chapters[0]), ADVERTISEMENT, "\n\n".join(chapters[1]), CATALOGUE + "\n\n\n" + CATALOGUE)
    docs = documents(source, tmp_path, text)
    title = "The Art of Lawn Tennis, by William T. Tilden (1921)"
    verse = "\n".join(line[4:] for line in VERSE.split("\n"))
    assert docs == [
        {"text": "\n\n".join([title, *paragraphs]), "sport": "tennis", "url": "https://www.gutenberg.org/ebooks/1451", "date": "1921"}
        for paragraphs in (["CHAPTER I.", "THE FIRST.", JOINED, verse, TABLE, JOINED, JOINED], ["CHAPTER II", JOINED, JOINED, JOINED])]


def test_the_small_print_of_the_old_books(source, tmp_path):
    small = "***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN ETEXTS**START***\nPROJECT GUTENBERG-TM, and so on.\n" \
            "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*\n\n\n\n"
    text = "The Project Gutenberg Etext\n\n" + small + f"INTRODUCTION\n\n{WRAPPED}\n\n\n\nEnd of The Project Gutenberg Etext of it\n"
    [doc] = documents(source, tmp_path, text, "pg9916-8.txt")
    assert doc["text"].split("\n\n")[1:] == ["INTRODUCTION", JOINED] and (doc["date"], doc["sport"]) == ("1895", "baseball")


def test_long_chapters_are_cut_in_equal_parts_and_not_after_a_heading(source, tmp_path):
    paragraph = "\n".join(["This is a line of the text that is long enough to be joined with it,"] * 20)
    strokes = "\n\n".join([f"THE STROKE OF NUMBER {i}\n\n{paragraph}" for i in "ABCDEFGHIJKL"])
    docs = documents(source, tmp_path, book("CHAPTER I\n\n" + strokes))
    sizes = [len(doc["text"].split()) for doc in docs]
    assert len(docs) == 2 and max(sizes) <= source.LONGEST + 10 and max(sizes) - min(sizes) < 400
    assert docs[1]["text"].split("\n\n")[1] == "THE STROKE OF NUMBER G"
    [long] = documents(source, tmp_path, book("CHAPTER I\n\n" + paragraph))
    assert long["text"].split("\n\n")[2] == " ".join(["This is a line of the text that is long enough to be joined with it,"] * 20)


def test_a_paragraph_of_very_many_words_is_cut_between_sentences(source):
    text = " ".join(["A sentence of seven words stands here now."] * 700)
    pieces = [" ".join(piece) for piece in source.parts([text])]
    assert " ".join(pieces) == text and 3 <= len(pieces) <= 4 and max(len(piece.split()) for piece in pieces) <= source.LONGEST


def test_short_parts_go_to_the_one_before_and_headings_to_the_next(source, tmp_path):
    long = "\n\n".join([WRAPPED] * 4)
    short = ["FOOTNOTES:\n\n" + WRAPPED, "A NOTE\n\n" + WRAPPED, "PART II"]
    docs = documents(source, tmp_path, book("CHAPTER I\n\n" + long, *short, "CHAPTER II\n\n" + long))
    assert [doc["text"].count(JOINED) for doc in docs] == [6, 4]
    assert docs[1]["text"].split("\n\n")[1:3] == ["PART II", "CHAPTER II"]


def test_only_books_of_the_list(source, tmp_path):
    with pytest.raises(ValueError, match="no book"):
        documents(source, tmp_path, book("CHAPTER I\n\n" + WRAPPED), "11.txt")
    assert all(url == f"https://www.gutenberg.org/cache/epub/{name[:-4]}/pg{name}" for name, url in source.FILES.items())
    assert all(1600 < year < 1930 and sport in (*prepare.SPORTS, "other") for year, sport, _, _ in source.BOOKS.values())


def words(text):
    return Counter(re.findall(r"[^\W_]+", text))


def test_real_books_lose_and_gain_no_words(source, real):
    for book in (1451, 37394, 52684, 9916):
        with lzma.open(os.path.join(SHARED, source.FROM[0], f"{book}.txt.xz"), "rt", encoding="utf-8") as f:
            there = words(f.read())
        kept = words("\n".join(doc["text"].split("\n\n", 1)[1] for doc in real if doc["url"].endswith(f"/{book}")))
        assert not kept - there, (book, (kept - there).most_common(5))
        assert sum(kept.values()) > .86 * (sum(there.values()) - 3500), book  # 3,500 words are Gutenberg's licence


def test_real_tables_and_verse_stand_as_they_were(source, real):
    with lzma.open(os.path.join(SHARED, source.FROM[0], "9916.txt.xz"), "rt", encoding="utf-8", newline="") as f:
        lines = {re.sub("[_#]", "", line).strip() for line in f}
    rows = [line.strip() for doc in real if doc["url"].endswith("/9916") for line in doc["text"].split("\n") if re.search(r"\S {3,}\S", line)]
    assert len(rows) > 1500 and all(row in lines for row in rows)
    assert "May  1 New York vs. Baltimore    New York     Meekin       McMahon  7-4" in rows
    cricket = "\n".join(doc["text"] for doc in real if doc["url"].endswith("/52684"))
    assert "Another young tailor, as fine a young man\nAs e’er hit a ball and then afterwards ran." in cricket


def test_real_books_are_in_order_and_of_one_size(source, upstream, real):
    assert len(real) > 180 and Counter(doc["date"] for doc in real).keys() == {"1895", "1898", "1919", "1921"}
    for doc in real:
        text = doc["text"]
        assert len(text.split()) <= source.LONGEST + 30 and text.startswith(source.BOOKS[int(doc["url"].rsplit("/", 1)[1])][2])
        assert not re.search(r"gutenberg|\[Illustration|\[Advertisement|\b8vo\b|\b_\w|\r|\bnan\b", text, re.I), doc["url"]
        assert "  " not in "".join(line for line in text.split("\n") if len(line) > 120), doc["url"]
    assert len({doc["text"] for doc in real}) == len(real) and list(source.documents(upstream, 2)) == real
    starts = [doc["text"].split("\n\n")[1] for doc in real]
    assert {"CHAPTER II. THE DRIVE", "CHAPTER XIX", "CHAPTER VI.", "INFLICTING FINES."} <= set(starts)
