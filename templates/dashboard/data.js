// The figures behind the page: one row per rental, oldest first. Replace them with your own.
// day counts back from today, hours and price (in euros) are what the guest paid for.
const BIKES = { City: 9, Touring: 12, Cargo: 15, Electric: 18 }; // euros an hour
const GUESTS = ['Amara', 'Bo', 'Celia', 'Dirk', 'Edda', 'Farid', 'Greta', 'Hana', 'Ivo', 'Jonna', 'Karim', 'Lena', 'Milo', 'Noor', 'Oda', 'Piet'];

function exampleRentals() {
  let seed = 20;
  const random = () => { // no dice: the same figures at each visit
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  const pick = (list) => list[Math.floor(random() * list.length)];
  const rentals = [];
  for (let day = 55; day >= 0; day -= 1) {
    const weekday = new Date(Date.now() - day * 86_400_000).getDay();
    const busy = 2 + (weekday % 6 === 0 ? 3 : 0) + Math.floor(random() * 3) + (day < 28 ? 1 : 0);
    for (let i = 0; i < busy; i += 1) {
      const bike = pick(['City', 'City', 'Touring', 'Cargo', 'Electric', 'Electric']);
      const hours = 1 + Math.floor(random() * 8);
      const state = day === 0 ? pick(['Out', 'Out', 'Late']) : day === 1 && i === 0 ? 'Late' : 'Returned';
      rentals.push({ day, guest: pick(GUESTS), bike, hours, price: hours * BIKES[bike], state });
    }
  }
  return rentals;
}

const RENTALS = exampleRentals();
