// Words the fake library's names are made of: a few scripts, a few scenes.

export type Scene = {
  genres: string[];
  first: string[];
  second: string[];
  titles: string[];
  nouns: string[];
  tags: string[];
};

const split = (words: string) => words.split("|");

export const SCENES: Scene[] = [
  {
    genres: ["Ambient", "Electronic"],
    first: split("Lumen|Halden|Fjord|Pale|Ostra|Vesper|Kelp|Moth|Polar|Silica|Tessel|Nocturne|Aerial|Drift"),
    second: split("Choir|Archive|Season|Fields|System|& Vale|Quartet|Index|Harbour|Theory|Weather"),
    titles: split(
      "Slow Water|Glasshouse|Undertow|First Light Over|A Room Without Clocks|Signal|Lichen|Salt Flats|Meridian|After the Rain",
    ),
    nouns: split("Tides|Horizon|Snow|Static|Bloom|Distance|Orbit|Moss|Fog|Lantern"),
    tags: split("dreamy|slow synth pads|airy|drone"),
  },
  {
    genres: ["Indie Rock", "Alternative"],
    first: split("Paper|Velvet|Summer|Second|Little|Broken|Northern|Motel|Cardinal|Plastic|Golden|Fever"),
    second: split("Lions|Parade|Hours|Radios|Kites|Holiday|Avenue|Teeth|Cartographers|Swimmers|Ghosts"),
    titles: split(
      "Everyone I Know|Bad Weather Friends|Telephone|Cinema in the Suburbs|Left Hand Drive|Borrowed Car|Nobody Leaves|Teenage Architecture|Hold the Line|Sundown",
    ),
    nouns: split("Again|Tonight|Part Two|for Anna|Street|Hearts|Machine|Forever|Blues|Song"),
    tags: split("jangly guitars|driving drums|bittersweet|male vocals"),
  },
  {
    genres: ["Jazz"],
    first: split("Marcus|Eleanor|Thelma|Otis|Yusef|Carla|Ambrose|Nina|Dexter|Alma|Roland|Ines"),
    second: split(
      "Whitfield Trio|Okafor|Lindqvist Quintet|Baptiste|Moreau|Hargrove Jr.|Delacroix Sextet|Tanaka|Bell",
    ),
    titles: split(
      "Blue in the Corner|Waltz for|Minor Matters|Lower East|Brushes|The Long Way to|Round About Noon|Autumn in|Equinox|Solo for",
    ),
    nouns: split("Debby|Harlem|Eight|Two|Lisbon|Monk|Rain|No One|Clara|the Vanguard"),
    tags: split("brushed drums|upright bass|late night|piano trio"),
  },
  {
    genres: ["Hip-Hop", "Soul"],
    first: split("Dusk|Kid|Mama|Deacon|Saint|Ill|Concrete|Honey|Northside|Quiet"),
    second: split("Marlowe|Cassius|Republic|Jupiter|Ezekiel|& the Faculty|Ledger|Sonder|Malik"),
    titles: split(
      "Corner Store|Grown|Sunday Dinner|Receipts|Cold Summer|Passport|Pressure|God's Timing|Window Seat|Interlude",
    ),
    nouns: split("Freestyle|(feat. Ayo Bright)|Pt. II|Money|Skit|Theory|Love|Prayer|Season|Remix"),
    tags: split("warm samples|boom bap|soulful|female vocals"),
  },
  {
    genres: ["Classical"],
    first: split("Helena|Antonín|Cécile|Johann|Fanny|Clara|György|Arvid|Lili|Ferruccio"),
    second: split(
      "Sørensen|Dvořák Ensemble|Chaminade|Weissmann|Mendel|Vargas|Kurtág Players|Boulanger|Brahe",
    ),
    titles: split(
      "Sonata No. 2 in B-flat minor, Op. 35: III. Marche funèbre – Lento|String Quartet No. 14|Prelude in E minor|Nocturne No. 8|Cello Suite No. 1 in G major: I. Prélude|Requiem: Lacrimosa|Étude|Variations on a Theme of",
    ),
    nouns: split(
      "(Live at Wigmore Hall)|– Adagio|– Allegro ma non troppo|Haydn|II|– Finale: Presto|(1936 version)|– Andante",
    ),
    tags: split("solo piano|strings|slow movement|orchestral"),
  },
  {
    genres: ["Folk", "Singer-Songwriter"],
    first: split("Maeve|Ada|Rowan|Sadie|Elias|Wren|Josie|Tobias|Hattie|Cormac"),
    second: split("Callahan|Thorne|of the Hills|Ashby|& the Orchard|Birch|O'Malley|Fairweather"),
    titles: split(
      "The Ferryman's|Wild Garlic|Ten Miles to|Letters from|The Girl from|Cradle|Harvest|Stone Wall|My Father's|Carry Me",
    ),
    nouns: split("Daughter|Home|Inverness|Waltz|Hymn|Shore|Winter|Kitchen|River|Reel"),
    tags: split("fingerpicked guitar|close harmony|intimate|acoustic"),
  },
  {
    genres: ["Techno", "House"],
    first: split("Kontor|Axel|Vanta|DJ|Modul|Rhea|Unit|Parallax|Sub|Ana"),
    second: split("Null|Voss|Reyes|7|Kollektiv|Prime|Mechanik|Sato|Drang"),
    titles: split("Phase|Warehouse|Untitled|Strobe|Acid for|4AM|Concrete|Modulation|Loop|Terminal"),
    nouns: split("03|(Original Mix)|A1|Dub|Berlin|(Kontor Null Remix)|Error|Nine|State|B2"),
    tags: split("four on the floor|hypnotic|acid line|machine drums"),
  },
  {
    genres: ["J-Pop", "City Pop"],
    first: split("青木|佐藤|夜明けの|東京|星野|渚の|宇宙"),
    second: split("美咲|バンド|シネマ|ユキ|エレクトリカル|三重奏|ラジオ"),
    titles: split("真夜中の|海へ|プラスチック|雨の|さよなら|夏の終わり|透明な|線香花火|窓辺の|十二月の"),
    nouns: split("ドライブ|電話|街|ラブ|メロディー|月|夢|秘密|手紙|旅人"),
    tags: split("city pop bass|bright synths|female vocals|80s"),
  },
  {
    genres: ["Arabic", "World"],
    first: split("ليلى|نجوم|يوسف|أصوات|سمير"),
    second: split("الخطيب|بيروت|حداد|الصحراء|وفرقته"),
    titles: split("يا ليل|قلبي|على شاطئ|أغنية|طريق|زهرة"),
    nouns: split("الطويل|البحر|المدينة|القمر|والعود|الياسمين"),
    tags: split("oud|maqam|hand percussion|male vocals"),
  },
  {
    genres: ["Metal", "Post-Rock"],
    first: split("Iron|Ashen|Mouth of|Obsidian|Hollow|Grave|Empress|Monolith"),
    second: split("Cathedral|the Deep|Procession|Tongue|Hymnal|Wolves|of Ruin|Caravan"),
    titles: split(
      "The Bones of|Sermon|An Ocean Swallows|Tectonic|And Then the Earth Opened and Everything We Had Built Fell Slowly Into|Black Sun|Procession of|Ember",
    ),
    nouns: split("Giants|Silence|the Sky|Winter|Kings|Ash|Salt|the Old World"),
    tags: split("wall of guitars|slow build|heavy|instrumental"),
  },
];

/** Words any English song may be called by. */
export const PLAIN = split(
  "Amber|Anchor|Atlas|August|Avalanche|Basement|Birdsong|Bridges|Camera|Candle|Caravan|Chalk|Cinder|Comet|Copper|Coral|Cotton|Crow|Daylight|Delta|Desert|Diamond|Echo|Elevator|Ember|Empire|Evergreen|Falling|Feathers|Fever|Fireflies|Garden|Ghost|Gravity|Halo|Heron|Hollow|Honey|Hours|Iris|Island|Ivory|Juniper|Kerosene|Kingfisher|Ladder|Lemon|Letters|Lightning|Linen|Lovers|Magnolia|Marble|Midnight|Mirror|Mountain|Nettle|November|Oceans|Orchid|Palace|Paper|Parallel|Peach|Pilot|Pollen|Postcards|Quiet|Radio|Rivers|Rosewater|Runaway|Saffron|Satellite|Shadows|Silver|Skyline|Sparrow|Stereo|Strangers|Sugar|Swallows|Tangerine|Thunder|Tidal|Tunnel|Umbrella|Velvet|Violet|Vertigo|Waterfall|Whisper|Wildfire|Window|Winter|Yesterday|Zenith",
);
