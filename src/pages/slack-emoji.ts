/** Slack's names of emoji that people award and write in messages of a forge; a sign with several names stands there once for each. */
const table = `
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 ok_hand 👌 wave 👋 clap 👏 raised_hands 🙌 pray 🙏 muscle 💪 point_up ☝️ point_right 👉
point_left 👈 point_down 👇 point_up_2 👆 v ✌️ crossed_fingers 🤞 fist 👊 facepunch 👊 handshake 🤝 raised_hand ✋ hand ✋ writing_hand ✍️
smile 😄 smiley 😃 grinning 😀 grin 😁 laughing 😆 satisfied 😆 sweat_smile 😅 joy 😂 rolling_on_the_floor_laughing 🤣 wink 😉
blush 😊 slightly_smiling_face 🙂 upside_down_face 🙃 innocent 😇 heart_eyes 😍 kissing_heart 😘 star-struck 🤩 sunglasses 😎
nerd_face 🤓 thinking_face 🤔 thinking 🤔 face_with_raised_eyebrow 🤨 neutral_face 😐 expressionless 😑 no_mouth 😶 smirk 😏
unamused 😒 face_with_rolling_eyes 🙄 grimacing 😬 relieved 😌 pensive 😔 sleeping 😴 sleepy 😪 mask 😷 confused 😕 worried 😟
slightly_frowning_face 🙁 open_mouth 😮 hushed 😯 astonished 😲 flushed 😳 cry 😢 sob 😭 scream 😱 disappointed 😞 sweat 😓
weary 😩 tired_face 😫 angry 😠 rage 😡 triumph 😤 exploding_head 🤯 partying_face 🥳 hugging_face 🤗 face_palm 🤦 facepalm 🤦
shrug 🤷 robot_face 🤖 skull 💀 ghost 👻 alien 👽 poop 💩 hankey 💩 see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊 monkey 🐒
cat 🐱 dog 🐶 fox_face 🦊 unicorn_face 🦄 bug 🐛 beetle 🐞 ladybug 🐞 bee 🐝 turtle 🐢 snail 🐌 octopus 🐙 whale 🐳 penguin 🐧 crab 🦀
heart ❤️ yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤 broken_heart 💔 two_hearts 💕 sparkling_heart 💖
100 💯 boom 💥 collision 💥 dizzy 💫 sparkles ✨ star ⭐ star2 🌟 zap ⚡ fire 🔥 snowflake ❄️ rainbow 🌈 sunny ☀️ cloud ☁️ ocean 🌊
tada 🎉 confetti_ball 🎊 balloon 🎈 birthday 🎂 gift 🎁 trophy 🏆 medal 🏅 first_place_medal 🥇 crown 👑 gem 💎 dart 🎯 game_die 🎲
rocket 🚀 airplane ✈️ ship 🚢 car 🚗 bike 🚲 construction 🚧 rotating_light 🚨 traffic_light 🚥 checkered_flag 🏁 triangular_flag_on_post 🚩
white_flag 🏳️ pirate_flag 🏴‍☠️ anchor ⚓ house 🏠 office 🏢 factory 🏭 earth_africa 🌍 earth_americas 🌎 world_map 🗺️
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ o ⭕ no_entry ⛔ no_entry_sign 🚫
warning ⚠️ exclamation ❗ heavy_exclamation_mark ❗ question ❓ grey_question ❔ bangbang ‼️ interrobang ⁉️ information_source ℹ️
heavy_plus_sign ➕ heavy_minus_sign ➖ arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️ arrow_upper_right ↗️ leftwards_arrow_with_hook ↩️
arrows_counterclockwise 🔄 repeat 🔁 recycle ♻️ rewind ⏪ fast_forward ⏩ black_right_pointing_double_triangle_with_vertical_bar ⏭️
arrow_forward ▶️ double_vertical_bar ⏸️ black_square_for_stop ⏹️ red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡
large_green_circle 🟢 large_blue_circle 🔵 large_purple_circle 🟣 black_circle ⚫ white_circle ⚪ large_green_square 🟩 large_red_square 🟥
white_small_square ▫️ black_small_square ▪️ small_blue_diamond 🔹 small_orange_diamond 🔸 small_red_triangle 🔺
eyes 👀 eye 👁️ ear 👂 brain 🧠 speech_balloon 💬 thought_balloon 💭 loudspeaker 📢 mega 📣 bell 🔔 no_bell 🔕 email 📧 envelope ✉️
package 📦 pushpin 📌 round_pushpin 📍 paperclip 📎 link 🔗 scissors ✂️ pencil 📝 memo 📝 pencil2 ✏️ clipboard 📋 calendar 📆 date 📅
chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 file_folder 📁 open_file_folder 📂 books 📚 book 📖 bookmark 🔖
label 🏷️ mag 🔍 mag_right 🔎 lock 🔒 unlock 🔓 key 🔑 closed_lock_with_key 🔐 shield 🛡️ hammer 🔨 wrench 🔧 hammer_and_wrench 🛠️ gear ⚙️
bulb 💡 battery 🔋 electric_plug 🔌 computer 💻 desktop_computer 🖥️ keyboard ⌨️ floppy_disk 💾 cd 💿 iphone 📱 satellite_antenna 📡
hourglass ⌛ hourglass_flowing_sand ⏳ alarm_clock ⏰ stopwatch ⏱️ clock1 🕐 clock4 🕓 watch ⌚ coffee ☕ tea 🍵 beer 🍺 beers 🍻 pizza 🍕
cake 🍰 cookie 🍪 popcorn 🍿 apple 🍎 lemon 🍋 hot_pepper 🌶️ seedling 🌱 evergreen_tree 🌲 four_leaf_clover 🍀 rose 🌹
busts_in_silhouette 👥 bust_in_silhouette 👤 runner 🏃 ninja 🥷 detective 🕵️ zombie 🧟 mage 🧙 superhero 🦸
`;

const words = table.trim().split(/\s+/);

const signs = new Map(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? ""] as const] : [])));

/** Skin tones 2 to 6, as Slack numbers them. */
const tones = ["🏻", "🏼", "🏽", "🏾", "🏿"];

/** The emoji of Slack's name for it; undefined for one that we do not know, such as a workspace's own. */
export function emojiNamed(name: string, tone?: number): string | undefined {
  const sign = signs.get(name);
  return sign && tone ? `${sign.replace(/\uFE0F$/, "")}${tones[tone - 2] ?? ""}` : sign;
}
