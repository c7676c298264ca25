#include "update_growing_1490d041.hpp"

#include "synloom/csr.hpp"

namespace synloom::update_growing_1490d041 {

void run(const Buffers& self, const Clock<double>&) {
    Csr{self.rows, self.columns, self.row_ptr, self.column}.update([=](Index) {
        return [=](Index s, Index) {
            double age = self.age[s];

            // age += 1.0
            age += 1.0;

            self.age[s] = age;
        };
    });
}

}  // namespace synloom::update_growing_1490d041
